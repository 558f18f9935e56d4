import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createArchiveWriter, openArchive } from '@eventmend/core/archive';
import { beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../../packages/cli/test/temporary-folder.js';

const example = join(import.meta.dirname, '..');
const bin = join(example, '..', '..', 'packages', 'cli', 'bundle', 'bin.js');
const [lostFrom, lostTo] = [8_000, 18_000];

interface Flight {
  readonly row: number;
  readonly delay: number;
  readonly distance: number;
  readonly origin: string;
  readonly destination: string;
}

interface Airport {
  readonly departures: number;
  readonly arrivals: number;
}

let folder: string;
beforeAll(() => temporaryFolder((path) => (folder = path)));

function run(...words: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, words, { cwd: folder, encoding: 'utf8' });
  expect(status, `${words.join(' ')}\n${stderr}\n${stdout}`).toBe(0);
  return stdout;
}

const eventmend = (...words: readonly string[]): string => run(bin, ...words);

/**
 * The archive without the flights of half of its rows, and the list of another system, which has most of the flights from row
 * 2,000 on: one in a hundred is not there, one in forty stands there twice, and one in twenty is noted up to 20 minutes late.
 */
function halve(): void {
  const whole = openArchive(join(folder, 'flights.archive'));
  const half = createArchiveWriter(join(folder, 'half.archive'), { source: 'flights-2001' });
  const listed: string[] = [];
  for (const { source, topic, incarnation, partition, range } of whole.describe().partitions) {
    const id = { source, topic, incarnation, partition };
    const writer = half.partition(id);
    const reader = whole.read({ ...id, ...range });
    for (let page = reader.next(); page !== null; page = reader.next()) {
      for (const [index, flight] of (page.values as readonly Flight[]).entries()) {
        const { row, delay, distance, origin, destination } = flight;
        const time = page.timestamps[index] as number;
        const key = page.keys[index] ?? null;
        const isLost = row >= lostFrom && row < lostTo;
        const offset = page.offsets[index] as number;
        if (!isLost)
          writer.append({ offset, time, timeType: 'create', key, headers: null, value: JSON.stringify(flight) });
        if (row < 2_000 || row % 101 === 7) continue;
        const late = row % 19 === 3 ? 1 + (row % 20) : 0;
        const line = [row, new Date(time + late * 60_000).toISOString(), origin, destination, delay, distance].join(
          ',',
        );
        listed.push(line);
        if (row % 41 === 5) listed.push(line);
      }
    }
  }
  half.commit();
  half.close();
  whole.close();
  writeFileSync(join(folder, 'departures.csv'), `row,left,origin,destination,delay,distance\n${listed.join('\n')}\n`);
}

const records = `records:
  - name: departures
    csv: departures.csv
    mapping: { id: row, key: origin, time: { column: left } }
    stands_for: { topic: flights, match: { id: value.row, key: value.origin, within: { earlier: 1m, later: 30m } } }
    complete_for: flights
    use: events
    event:
      key: origin
      value:
        columns:
          row: { column: row, type: integer }
          origin: origin
          destination: destination
          delay: { column: delay, type: integer }
          distance: { column: distance, type: integer }
`;

function linesOf<Line>(file: string): Line[] {
  const lines = readFileSync(join(folder, file), 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Line).filter((line) => Object.hasOwn(line as object, 'key'));
}

interface StateLine {
  readonly key: string;
  readonly state: Airport;
  readonly fidelity?: string;
}

/** Flights that an airport counts too many or too few, over all airports. */
function miscounted(states: readonly StateLine[], truth: readonly StateLine[]): number {
  const found = new Map(states.map(({ key, state }) => [key, state]));
  return truth.reduce((sum, { key, state }) => {
    const { departures = 0, arrivals = 0 } = found.get(key) ?? {};
    return sum + Math.abs(departures - state.departures) + Math.abs(arrivals - state.arrivals);
  }, 0);
}

describe('the incident of the demo, with half of its log lost', () => {
  test('is recovered with the list of another system, and nothing wrong is called exact', () => {
    run(join(example, 'dist', 'prepare.js'), '--rows', '20000', '--data', folder);
    halve();
    const text = readFileSync(join(folder, 'flights.incident.yaml'), 'utf8');
    const half = text.replace('./flights.archive', './half.archive').replace(/^store: .*$/m, 'store: ./store-half');
    writeFileSync(join(folder, 'half.incident.yaml'), half + records);

    const plan = eventmend('plan', 'half.incident.yaml', '--strategy', 'checkpoint', '--out', 'half.plan.json');
    expect(plan.replace(/\s+/g, ' ')).toContain('departures agrees with 9');
    const { run: made } = JSON.parse(
      eventmend('recover', 'half.incident.yaml', '--plan', 'half.plan.json', '--json'),
    ) as { run: { runId: string; totals: { unavailable: number; applied: number }; standIns: { applied: number }[] } };
    expect(made.totals).toMatchObject({ unavailable: 8_000, applied: 2_000 });
    // The list has 7,921 of the lost flights behind the baseline; those within half an hour of either end are doubtful.
    const [applied = 0] = made.standIns.map((account) => account.applied);
    expect(applied).toBeGreaterThan(7_000);
    expect(applied).toBeLessThanOrEqual(7_921);
    const verified = eventmend('verify', made.runId, '--incident', 'half.incident.yaml');
    expect(verified).not.toContain('✗');
    eventmend('export', made.runId, '--incident', 'half.incident.yaml', '--out', 'half.state.ndjson');

    // The same without the list, and without looking at the live state: what a hole costs.
    writeFileSync(
      join(folder, 'without.incident.yaml'),
      half.replace(/^live: .*$/m, '').replace('store-half', 'store-none'),
    );
    const { run: bare } = JSON.parse(
      eventmend('recover', 'without.incident.yaml', '--strategy', 'checkpoint', '--yes', '--json'),
    ) as { run: { runId: string } };
    eventmend('export', bare.runId, '--incident', 'without.incident.yaml', '--out', 'half-without.state.ndjson');

    const truth = linesOf<StateLine>('truth/state.ndjson');
    const recovered = linesOf<StateLine>('half.state.ndjson');
    const right = new Map(truth.map(({ key, state }) => [key, JSON.stringify(state)]));
    const isRight = ({ key, state }: StateLine): boolean => right.get(key) === JSON.stringify(state);
    expect(recovered.filter((line) => line.fidelity === 'exact' && !isRight(line))).toEqual([]);
    const live = linesOf<StateLine>('live/state.ndjson');
    // What comes from live is as right as it was; a rebuilt value may rest on a flight that was noted late.
    expect(recovered.filter(isRight).length).toBeGreaterThanOrEqual(live.filter(isRight).length - 2);
    const without = linesOf<StateLine>('half-without.state.ndjson');
    expect(miscounted(recovered, truth)).toBeLessThan(miscounted(without, truth) / 2);
  });
});
