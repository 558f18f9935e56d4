import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openNdjsonSnapshots, type StatesOfKeys, type WorkerContext, type WorkerEvent } from '@eventmend/core';
import type { ManyKeysWorkerWithInitial } from '@eventmend/core/engine';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import worker from '../../worker.js';
import type { FlightTable } from '../flights/flight-table.js';
import { readFlights } from '../flights/read-flights.js';
import { outputDigestLine } from '../truth/output-digest-line.js';
import { playIncident } from './play-incident.js';

const rows = 20_000;
let folder: string;
let table: FlightTable;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'flights-'));
  table = await readFlights(rows);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const read = (...path: string[]) => readFileSync(join(folder, ...path), 'utf8');
const lines = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

/** Folds the worker over the flights from some row on, with nothing of the engine. */
function foldByHand(table: FlightTable, from = 0, states = new Map<string, unknown>()) {
  const { initial, evolve, keys } = worker.definition as unknown as ManyKeysWorkerWithInitial<unknown, unknown>;
  const outputs = createHash('sha256');
  let count = 0;
  for (let row = from; row < table.rows; row++) {
    const { time, partition, offset, ...value } = table.flight(row);
    const event = { topic: 'flights', partition, offset, time, value } as WorkerEvent;
    const [first] = keys(event) as [string];
    const context = {
      now: time,
      emit: (output: string, given: unknown, options?: { key?: string }) => {
        outputs.update(outputDigestLine(output, options?.key ?? first, JSON.stringify(given)));
        count++;
      },
    } as WorkerContext;
    const access: StatesOfKeys<unknown, never> = {
      get: (key) => states.get(key) ?? initial(key),
      set: (key, state) => void states.set(key, state),
      delete: (key) => void states.delete(key),
    };
    void evolve?.(access, event, context);
  }
  return { states, outputs: { fromRow: from, outputs: count, sha256: outputs.digest('hex') } };
}

describe('the oracle and the worker', () => {
  test('agree to the last bit in all states and outputs, from the beginning and from a snapshot', () => {
    playIncident(table, { seed: 2001, folder });
    const truth = lines(read('truth', 'state.ndjson'));
    const folded = foldByHand(table);
    expect([...folded.states].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, state]) => ({ key, state }))).toEqual(
      truth,
    );
    const digests = (JSON.parse(read('truth', 'outputs.json')) as { digests: unknown[] }).digests;
    expect(digests[0]).toEqual(folded.outputs);

    const [head, ...content] = lines(read('snapshots', 's-03.ndjson'));
    expect(head).toMatchObject({
      id: 's-03',
      position: table.positionAt(10_000).map((next) => ({ next: String(next) })),
    });
    const resumed = foldByHand(
      table,
      10_000,
      new Map(content.slice(0, -1).map(({ key, state }) => [key as string, state])),
    );
    expect(Object.fromEntries(resumed.states)).toEqual(Object.fromEntries(truth.map(({ key, state }) => [key, state])));
    expect(digests[3]).toEqual(resumed.outputs);
  });
});

describe('the live service', () => {
  test('without faults leaves the right state and outputs', () => {
    const played = playIncident(table, { seed: 2001, folder, faults: [] });
    expect(played.wrongAirports).toBe(0);
    const live = read('live', 'state.ndjson').split('\n').slice(1, -2).join('\n');
    expect(live).toBe(read('truth', 'state.ndjson').trimEnd());
    expect(lines(read('live', 'outputs.ndjson'))).toHaveLength(played.recordedOutputs);
  });

  test('leaves the same files for the same seed, and others for another', () => {
    const files = ['live/state.ndjson', 'live/outputs.ndjson', 'snapshots/s-05.ndjson', 'truth/faults.ndjson'];
    const content = (seed: number) => {
      playIncident(table, { seed, folder });
      return files.map((file) => read(file));
    };
    const first = content(1);
    expect(content(1)).toEqual(first);
    const other = content(2);
    for (const index of files.keys()) expect(other[index]).not.toBe(first[index]);
  });

  test('is right up to the last snapshot before the error, and wrong in all later ones', () => {
    const { moments, faults } = playIncident(table, { seed: 2001, folder });
    for (const { id, row } of moments.snapshots) {
      const states = lines(read('snapshots', `${id}.ndjson`)).slice(1, -1);
      const right = foldByHand({ ...table, rows: row }).states;
      const wrong = states.filter(
        ({ key, state }) => JSON.stringify(right.get(key as string)) !== JSON.stringify(state),
      );
      if (row <= moments.errorFrom) expect(wrong).toEqual([]);
      else expect(wrong.length).toBeGreaterThan(states.length / 10);
      if (row <= moments.errorFrom) expect(table.flight(row - 1).time).toBeLessThan(moments.believedOnset);
      else expect(table.flight(row - 1).time).toBeGreaterThan(moments.believedOnset);
    }
    for (const { row } of faults) expect(table.flight(row).time).toBeGreaterThanOrEqual(moments.believedOnset);
    expect(new Set(faults.map(({ kind }) => kind)).size).toBe(4);
  });

  test('leaves snapshots and a live state that the library reads', async () => {
    const { moments } = playIncident(table, { seed: 2001, folder });
    const found = await openNdjsonSnapshots([join(folder, 'snapshots'), join(folder, 'live', 'state.ndjson')]).list();
    expect(found.damaged).toEqual([]);
    expect(found.snapshots.map(({ id }) => id)).toEqual([...moments.snapshots.map(({ id }) => id), 'live']);
    expect(found.snapshots.map(({ position }) => position?.map(({ next }) => next))).toEqual(
      [...moments.snapshots.map(({ row }) => row), rows].map((row) => table.positionAt(row)),
    );
  });
});
