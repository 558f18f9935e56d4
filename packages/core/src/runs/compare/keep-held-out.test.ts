import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Comparison } from './comparison.js';
import { keepComparison, readComparison } from './keep-comparison.js';
import { keepHeldOut, readHeldOut } from './keep-held-out.js';

let store: string;
beforeEach(() => {
  store = mkdtempSync(join(tmpdir(), 'eventmend-held-out-'));
});
afterEach(() => {
  rmSync(store, { recursive: true, force: true });
});

const of = { incident: 'digest', workerHash: 'hash' };
const heldOut = [{ seed: 3, onset: 1, end: 2, keys: 0, recoveries: [], refused: [] }];
const comparison = {
  format_version: 1,
  incident: { name: 'i', digest: 'digest' },
  worker: { name: 'w', version: '1', hash: 'hash' },
} as unknown as Comparison;

it('keeps what was held out for the next comparison, and in the last one', () => {
  expect(readHeldOut(store, of)).toBeNull();
  keepComparison(store, comparison);
  keepHeldOut(store, of, heldOut);
  expect(readHeldOut(store, of)).toEqual(heldOut);
  expect(readComparison(store)).toEqual({ ...comparison, heldOut });
});

it.each([{ incident: 'another' }, { workerHash: 'another' }])('says nothing of another incident or worker', (other) => {
  keepComparison(store, comparison);
  keepHeldOut(store, { ...of, ...other }, heldOut);
  expect(readHeldOut(store, of)).toBeNull();
  expect(readComparison(store)).toEqual(comparison);
});
