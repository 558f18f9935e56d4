import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { expectRun, noteRun, readEvidence, writeEvidence } from './replay-rate.js';

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

it('forgets what is long ago, and keeps the runs where a proof is measured', () => {
  noteRun(store, 'w', run(1_000_000));
  for (let n = 0; n < 8; n++) noteRun(store, 'w', run(1000));
  writeEvidence(store, 'w', 7);
  expect(expectRun(store, 'w', 1000)).toMatchObject({ slowestMs: 100, runs: 8 });
  expect(readEvidence(store, 'w')).toBe(10_000);
  writeEvidence(store, 'other', 7);
  expect(readEvidence(store, 'other')).toBe(7);
});
