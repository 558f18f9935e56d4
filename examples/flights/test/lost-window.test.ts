import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createArchiveWriter, openArchive } from '@eventmend/core/archive';
import { beforeAll, expect, test } from 'vitest';
import { temporaryFolder } from '../../../packages/cli/test/temporary-folder.js';

const example = join(import.meta.dirname, '..');
const bin = join(example, '..', '..', 'packages', 'cli', 'bundle', 'bin.js');
const lostMs = 40 * 60_000;

let folder: string;
beforeAll(() => temporaryFolder((path) => (folder = path)));

function run(...words: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, words, { cwd: folder, encoding: 'utf8' });
  expect(status, `${words.join(' ')}\n${stderr}\n${stdout}`).toBe(0);
  return stdout;
}

const eventmend = (...words: readonly string[]): string => run(bin, ...words);

/** The archive without any flight of 40 minutes from the believed onset on; how many that were. */
function loseWindow(from: number): number {
  const whole = openArchive(join(folder, 'flights.archive'));
  const rest = createArchiveWriter(join(folder, 'rest.archive'), { source: 'flights-2001' });
  let lost = 0;
  for (const { source, topic, incarnation, partition, range } of whole.describe().partitions) {
    const id = { source, topic, incarnation, partition };
    const writer = rest.partition(id);
    const reader = whole.read({ ...id, ...range });
    for (let page = reader.next(); page !== null; page = reader.next()) {
      for (const [index, flight] of page.values.entries()) {
        const time = page.timestamps[index] as number;
        const offset = page.offsets[index] as number;
        const key = page.keys[index] ?? null;
        if (time >= from && time < from + lostMs) lost++;
        else writer.append({ offset, time, timeType: 'create', key, headers: null, value: JSON.stringify(flight) });
      }
    }
  }
  rest.commit();
  rest.close();
  whole.close();
  return lost;
}

interface StateLine {
  readonly key: string;
  readonly fidelity?: string;
  readonly state: { readonly departures: number };
}

const linesOf = (file: string): StateLine[] =>
  readFileSync(join(folder, file), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as StateLine)
    .filter((line) => Object.hasOwn(line, 'key'));

test('the incident of the demo, its whole log in a window gone, is recovered by estimates, and none of it is called exact', () => {
  run(join(example, 'dist', 'prepare.js'), '--rows', '20000', '--data', folder);
  const text = readFileSync(join(folder, 'flights.incident.yaml'), 'utf8');
  const onset = Date.parse(/^onset: (\S+)$/m.exec(text)![1]!);
  const lost = loseWindow(onset);
  expect(lost).toBeGreaterThan(200);
  writeFileSync(
    join(folder, 'lost.incident.yaml'),
    text.replace('./flights.archive', './rest.archive').replace(/^store: .*$/m, 'store: ./store-lost'),
  );
  const words = ['lost.incident.yaml', '--strategy', 'estimation', '--out', 'lost.plan.json', '--json'];
  const { plan } = JSON.parse(eventmend('plan', ...words)) as {
    plan: {
      estimates: {
        events: number;
        ensemble: { donors: number; sums: { measure: string; low: number; high: number }[] };
      };
    };
  };
  expect(plan.estimates.events).toBe(lost);
  expect(plan.estimates.ensemble.donors).toBeGreaterThanOrEqual(19);
  const { run: made } = JSON.parse(
    eventmend('recover', 'lost.incident.yaml', '--plan', 'lost.plan.json', '--yes', '--json'),
  ) as { run: { runId: string; totals: { unavailable: number }; verdict: { verdict: string } } };
  expect(made).toMatchObject({ totals: { unavailable: lost }, verdict: { verdict: 'incomplete' } });
  expect(eventmend('verify', made.runId, '--incident', 'lost.incident.yaml')).not.toContain('✗');
  eventmend('export', made.runId, '--incident', 'lost.incident.yaml', '--out', 'lost.state.ndjson');
  const recovered = linesOf('lost.state.ndjson');
  const truth = linesOf('truth/state.ndjson');
  const departures = (lines: readonly StateLine[]): number =>
    lines.reduce((sum, { state }) => sum + state.departures, 0);
  // How many flights were lost is known, whoever they were of.
  expect(departures(recovered)).toBe(departures(truth));
  for (const { fidelity } of recovered) expect(['interpolated', 'unproven']).toContain(fidelity);
}, 900_000);
