import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createArchiveWriter, openArchive } from '@eventmend/core/archive';
import { beforeAll, expect, test } from 'vitest';
import { temporaryFolder } from '../../../packages/cli/test/temporary-folder.js';

const example = join(import.meta.dirname, '..');
const bin = join(example, '..', '..', 'packages', 'cli', 'bundle', 'bin.js');
const [lostFrom, lostTo] = [12_000, 12_400];

interface Flight {
  readonly row: number;
}

interface Airport {
  readonly departures: number;
  readonly arrivals: number;
}

interface Line {
  readonly key: string;
  readonly state: Airport;
  readonly fidelity?: string;
}

interface Row {
  readonly key: string;
  readonly recovery: string;
  readonly finding: string;
}

let folder: string;
beforeAll(() => temporaryFolder((path) => (folder = path)));

function run(...words: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, words, { cwd: folder, encoding: 'utf8' });
  expect(status, `${words.join(' ')}\n${stderr}\n${stdout}`).toBe(0);
  return stdout;
}

/** The archive without 400 flights, some forty minutes of them. */
function loseFlights(): void {
  const whole = openArchive(join(folder, 'flights.archive'));
  const part = createArchiveWriter(join(folder, 'part.archive'), { source: 'flights-2001' });
  for (const { source, topic, incarnation, partition, range } of whole.describe().partitions) {
    const id = { source, topic, incarnation, partition };
    const writer = part.partition(id);
    const reader = whole.read({ ...id, ...range });
    for (let page = reader.next(); page !== null; page = reader.next()) {
      for (const [index, flight] of (page.values as readonly Flight[]).entries()) {
        if (flight.row >= lostFrom && flight.row < lostTo) continue;
        const [offset, time] = [page.offsets[index] as number, page.timestamps[index] as number];
        const key = page.keys[index] ?? null;
        writer.append({ offset, time, timeType: 'create', key, headers: null, value: JSON.stringify(flight) });
      }
    }
  }
  part.commit();
  part.close();
  whole.close();
}

function linesOf<Kind>(file: string): Kind[] {
  const lines = readFileSync(join(folder, file), 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Kind).filter((line) => Object.hasOwn(line as object, 'key'));
}

interface Recovery {
  readonly subject: { readonly kind: string; readonly runId?: string; readonly strategy?: string };
  readonly keys: number;
  readonly fidelity: Record<string, number> | null;
  readonly states: { readonly same: number; readonly undetermined: number; readonly wrongAs: Record<string, number> };
  readonly measures: readonly { readonly sum: number; readonly reference: number; readonly offByKey: number }[];
}

/** The same but for the last bits of a smoothed delay, which depend on the order in which flights of one minute came. */
function isSame(one: Airport, other: Airport | undefined): boolean {
  if (other === undefined) return false;
  const others = other as unknown as Record<string, unknown>;
  return Object.entries(one).every(([name, value]: [string, unknown]) => {
    const theirs = others[name];
    if (typeof value !== 'number' || typeof theirs !== 'number')
      return JSON.stringify(value) === JSON.stringify(theirs);
    return Math.abs(value - theirs) <= Math.max(Math.abs(value), Math.abs(theirs)) * 1e-12;
  });
}

/** The same figures by plain loops over what was exported. */
function expected(states: readonly Line[], truth: readonly Line[]) {
  const right = new Map(truth.map(({ key, state }) => [key, state]));
  const fidelity: Record<string, number> = {};
  const wrongAs: Record<string, number> = {};
  let same = 0;
  let offByKey = 0;
  for (const { key, state, fidelity: word = '' } of states) {
    fidelity[word] = (fidelity[word] ?? 0) + 1;
    if (isSame(state, right.get(key))) same += 1;
    else wrongAs[word] = (wrongAs[word] ?? 0) + 1;
    offByKey += Math.abs(state.departures - (right.get(key)?.departures ?? 0));
  }
  return {
    keys: states.length,
    fidelity,
    same,
    wrongAs,
    offByKey,
    sum: states.reduce((sum, { state }) => sum + state.departures, 0),
  };
}

test('every strategy recovers the incident of the demo with flights lost, and they are compared as plain loops would', () => {
  run(join(example, 'dist', 'prepare.js'), '--rows', '20000', '--data', folder);
  loseFlights();
  const text = readFileSync(join(folder, 'flights.incident.yaml'), 'utf8');
  // An estimate needs the order by time.
  const incident = text
    .replace('./flights.archive', './part.archive')
    .replace(/^order: .*$/m, 'order: { by: time }')
    .replace(/^store: .*$/m, 'store: ./store\naccept: { gaps: true }');
  writeFileSync(join(folder, 'part.incident.yaml'), incident);
  const words = [
    'compare',
    'part.incident.yaml',
    '--recover-missing',
    '--truth',
    'truth/state.ndjson',
    '--out',
    'rows.ndjson',
  ];
  const { comparison } = JSON.parse(run(bin, ...words, '--json', '--quiet')) as {
    comparison: { recoveries: Recovery[]; keys: number; refused: unknown[] };
  };
  expect(comparison.refused).toEqual([]);
  expect(comparison.recoveries.map(({ subject }) => subject.strategy ?? subject.kind)).toEqual([
    ...['log-replay', 'checkpoint', 'estimation', 'live'],
  ]);
  const truth = linesOf<Line>('truth/state.ndjson');
  const rows = linesOf<Row>('rows.ndjson');
  expect(rows).toHaveLength(comparison.keys * 4);
  for (const { subject, keys, fidelity, states, measures } of comparison.recoveries) {
    const { runId } = subject;
    const [handled] = measures;
    if (runId === undefined) {
      // Under the order by time, nobody knows in which the service came to its partitions.
      const plain = expected(linesOf<Line>('live/state.ndjson'), truth);
      expect([keys, fidelity, states]).toMatchObject([plain.keys, null, { same: plain.same, wrongAs: {} }]);
      expect(states.undetermined).toBe(plain.keys - plain.same);
      continue;
    }
    run(bin, 'export', runId, '--incident', 'part.incident.yaml', '--out', `${runId}.ndjson`);
    const plain = expected(linesOf<Line>(`${runId}.ndjson`), truth);
    expect({ keys, fidelity, same: states.same, wrongAs: states.wrongAs }, subject.strategy).toEqual({
      ...{ keys: plain.keys, fidelity: plain.fidelity, same: plain.same, wrongAs: plain.wrongAs },
    });
    expect(handled).toMatchObject({ sum: plain.sum, reference: 20_000, offByKey: plain.offByKey });
    const ofRun = rows.filter(({ recovery }) => recovery === runId);
    expect(ofRun.filter(({ finding }) => finding === 'same')).toHaveLength(plain.same);
    // Nothing wrong is called exact.
    expect(states.wrongAs['exact'] ?? 0).toBe(0);
  }
});
