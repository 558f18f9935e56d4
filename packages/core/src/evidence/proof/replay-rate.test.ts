import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { expectRun, noteRun, noteSample } from './replay-rate.js';
import { writeNote } from './store-note.js';

let store: string;
beforeEach(() => {
  store = mkdtempSync(join(tmpdir(), 'eventmend-rate-'));
});
afterEach(() => {
  rmSync(store, { recursive: true, force: true });
});

const run = (ms: number, part = {}) => ({
  ...{ events: 10_000, ms, expectedMs: null, diskBytes: 1_000_000, memoryBytes: 5 },
  ...part,
});

it('expects of a run what the last ones needed, with their spread', () => {
  expect(expectRun(store, 'w', 1000)).toBeNull();
  noteRun(store, 'w', run(1000));
  expect(expectRun(store, 'w', 1000)).toEqual({
    ...{ eventsPerSecond: 10_000, durationMs: 100, diskBytes: 100_000, memoryBytes: 5, runs: 1 },
  });
  noteRun(store, 'w', run(4000, { memoryBytes: 9 }));
  noteRun(store, 'w', run(2000, { diskBytes: null }));
  expect(expectRun(store, 'w', 1000)).toEqual({
    ...{ eventsPerSecond: 5000, durationMs: 200, fastestMs: 100, slowestMs: 400 },
    ...{ diskBytes: 100_000, memoryBytes: 9, runs: 3 },
  });
  expect(expectRun(store, 'another', 1000)).toBeNull();
});

it('forgets what is long ago', () => {
  noteRun(store, 'w', run(1_000_000));
  for (let n = 0; n < 8; n++) noteRun(store, 'w', run(1000));
  expect(expectRun(store, 'w', 1000)).toMatchObject({ slowestMs: 100, runs: 8 });
});

it('makes no long time of what a short run took to begin', () => {
  noteRun(store, 'w', run(333, { events: 1 }));
  expect(expectRun(store, 'w', 10)?.durationMs).toBe(3330);
  expect(expectRun(store, 'w', 11)).toBeNull();
  noteRun(store, 'w', run(1000, { events: 50_000 }));
  expect(expectRun(store, 'w', 1_000_000)).toMatchObject({ durationMs: 20_000, runs: 1 });
});

it('goes by a sample until a run was measured', () => {
  noteSample(store, 'w', { events: 5000, ms: 1000, startMs: 200, fastest: 10_000, slowest: 2500 });
  expect(expectRun(store, 'w', 50_000)).toEqual({
    ...{ eventsPerSecond: 5000, durationMs: 10_200, fastestMs: 5200, slowestMs: 20_200, sampledEvents: 5000 },
  });
  noteRun(store, 'w', run(1000));
  expect(expectRun(store, 'w', 50_000)).toMatchObject({ durationMs: 5000, runs: 1 });
  noteSample(store, 'v', { events: 3, ms: 40, startMs: 0 });
  expect(expectRun(store, 'v', 31)).toBeNull();
  expect(expectRun(store, 'v', 3)?.durationMs).toBe(40);
  expect(expectRun(store, 'w', 50_000)?.runs).toBe(1);
});

it('believes no rate of a proof that an earlier version kept', () => {
  writeNote(store, 'evidence.json', { format_version: 1, eventsPerSecond: { w: 3 } } as { format_version: 1 });
  expect(expectRun(store, 'w', 1)).toBeNull();
  noteRun(store, 'w', run(1000));
  expect(expectRun(store, 'w', 1000)?.runs).toBe(1);
});
