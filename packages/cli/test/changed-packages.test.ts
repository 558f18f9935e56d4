import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { balanceWorker, smallEvents, writeSmallIncident } from './small-incident.js';
import { spawnEventmend, type Ended } from './spawn-eventmend.js';
import { temporaryFolder } from './temporary-folder.js';

let folder: string;
let remove: () => void;
beforeEach(() => {
  remove = temporaryFolder((path) => (folder = path));
  writeSmallIncident(folder, { events: smallEvents(60) });
  const counted = balanceWorker.replace('state.bookings + 1', 'step(state.bookings)');
  write('worker.ts', `import { step } from 'steps';\n${counted}`);
  // The package that the worker imports passes on what another one says.
  write(
    'node_modules/steps/package.json',
    '{"name":"steps","version":"1.0.0","exports":"./index.mjs","type":"module"}',
  );
  write('node_modules/steps/index.mjs', `export { step } from 'one-step';`);
  write('node_modules/one-step/package.json', '{"name":"one-step","version":"1.0.0","main":"step.js"}');
  writeStep('n + 1');
});
afterEach(() => {
  remove();
});

function write(name: string, content: string): void {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), content);
}

/** Another content under the same version, as a patch or a build that was published again has it. */
const writeStep = (result: string): void => {
  write('node_modules/one-step/step.js', `exports.step = (n) => ${result};\n`);
};

const run = (words: string): Promise<Ended> => spawnEventmend(folder, words.split(' '));
async function succeed(words: string): Promise<string> {
  const { code, out, err } = await run(words);
  expect(`${code} ${err}`, words).toMatch(/^0 /);
  return out;
}
const refusal = ({ code, err }: Ended): unknown => [code, err.split(':')[0]];

it('a plan is stale when a package was changed under the same version', async () => {
  await succeed('plan --out p.json');
  writeStep('n + 2');
  expect(refusal(await run('recover --plan p.json'))).toEqual([14, 'error EM4002']);
  writeStep('n + 1');
  await succeed('recover --plan p.json');
});

it('a run is not verified with a package that was changed since', async () => {
  const runId = /r-[0-9a-f]{8}/.exec(await succeed('recover --yes'))?.[0] ?? '';
  writeStep('n + 2');
  const changed = await run(`verify ${runId}`);
  expect(refusal(changed)).toEqual([14, 'error EM4002']);
  writeStep('n + 1');
  await succeed(`verify ${runId}`);
});
