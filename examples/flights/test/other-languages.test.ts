import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { testIn } from '../../../packages/cli/test/test-in-language.js';
import { temporaryFolder } from '../../../packages/cli/test/temporary-folder.js';

const example = join(import.meta.dirname, '..');
const libraries = join(example, '..', '..', 'packages', 'cli', 'templates');
const bin = join(example, '..', '..', 'packages', 'cli', 'bundle', 'bin.js');
let data: string;
let ofTypeScript: Digests;

/** What a run came to; every language must come to the same. */
interface Digests {
  readonly state: string;
  readonly outputs: string;
}

beforeAll(() => temporaryFolder((path) => (data = path)));
beforeAll(() => {
  run(process.execPath, join(example, 'dist', 'prepare.js'), '--rows', '20000', '--data', data);
  ofTypeScript = recover('flights.incident.yaml');
});

function run(program: string, ...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: data, encoding: 'utf8' });
  expect(status, `${program} ${args.join(' ')}\n${stderr}\n${stdout}`).toBe(0);
  return stdout;
}

const eventmend = (...words: readonly string[]) => run(process.execPath, bin, ...words);

/** Plans, recovers and verifies an incident of the folder; gives the digests that the verification confirmed. */
function recover(incident: string): Digests {
  const plan = `${incident}.plan.json`;
  eventmend('plan', incident, '--out', plan);
  const { run: made } = JSON.parse(eventmend('recover', incident, '--plan', plan, '--json')) as {
    readonly run: { readonly runId: string; readonly stateDigest: string; readonly outputsDigest: string };
  };
  const { verification } = JSON.parse(eventmend('verify', made.runId, '--incident', incident, '--json')) as {
    readonly verification: { readonly verdict: unknown; readonly checks: readonly { readonly result: string }[] };
  };
  expect(verification.verdict).toEqual({ verdict: 'complete' });
  expect(verification.checks.filter(({ result }) => result === 'failed')).toEqual([]);
  return { state: made.stateDigest, outputs: made.outputsDigest };
}

/** The incident of the small demo, with another worker and a store of its own. */
function incidentWith(language: string, worker: string): string {
  const text = readFileSync(join(data, 'flights.incident.yaml'), 'utf8');
  const file = `${language}.incident.yaml`;
  const changed = text
    .replace(/^worker: .*$/m, `worker: ${worker}`)
    .replace(/^store: .*$/m, `store: ./store-${language}`);
  writeFileSync(join(data, file), changed);
  return file;
}

describe('the same incident with a handler in another language gives the same digests', () => {
  testIn('python', 'in Python', () => {
    const handler = join(example, 'python', 'flights_worker.py');
    const files = [handler, join(libraries, 'python', 'eventmend_worker.py')];
    const command = JSON.stringify(['python3', handler]);
    const incident = incidentWith('python', `{ process: ${command}, files: ${JSON.stringify(files)} }`);
    expect(recover(incident)).toEqual(ofTypeScript);
  });

  testIn('java', 'in Java', () => {
    const classes = join(data, 'classes');
    run('javac', '-d', classes, '-sourcepath', join(libraries, 'java'), join(example, 'java', 'Flights.java'));
    const command = JSON.stringify(['java', '-cp', classes, 'Flights']);
    const incident = incidentWith('java', `{ process: ${command}, files: ${JSON.stringify([classes])} }`);
    expect(recover(incident)).toEqual(ofTypeScript);
  });
});

test.each(['python', 'java'])(
  'the incident file of %s differs from that of the demo in the worker only',
  (language) => {
    const meaning = (...path: readonly string[]) =>
      readFileSync(join(example, ...path), 'utf8')
        .replaceAll('../data/', './data/')
        .split('\n')
        .filter((line) => !/^(?:#|worker:| {2}(?:process|files):|name:|store:)/.test(line));
    expect(meaning(language, `flights-${language}.incident.yaml`)).toEqual(meaning('flights.incident.yaml'));
  },
);
