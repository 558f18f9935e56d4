import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ExpectedKeyLoss } from '../../model/plan/key-loss.js';
import { planKeyLoss } from './plan-key-loss.js';

let store: string;
beforeEach(() => {
  store = mkdtempSync(join(tmpdir(), 'eventmend-loss-'));
});
afterEach(() => {
  rmSync(store, { recursive: true, force: true });
});

const keys: readonly ExpectedKeyLoss[] = [
  { key: 'a', wrong: 0.1, taken: 'rebuilt' },
  { key: 'unknown', wrong: null, taken: 'live' },
  { key: 'likely', wrong: 0.51, taken: 'rebuilt' },
  { key: 'kept', wrong: 0.9, taken: 'live' },
  { key: 'even', wrong: 0.5, taken: 'rebuilt' },
];

it('names the worst keys first, keeps all of them, and refuses those of which there is nothing else', () => {
  const loss = planKeyLoss(store, keys, false);
  expect(loss?.worst.map(({ key }) => key)).toEqual(['kept', 'likely', 'even', 'unknown', 'a']);
  expect([loss?.keys, loss?.refused, loss?.refusedKeys]).toEqual([5, 1, ['likely']]);
  const lines = readFileSync(loss?.file ?? '', 'utf8')
    .trim()
    .split('\n');
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(loss?.worst);
});

it('refuses no key where estimates stand in', () => {
  expect(planKeyLoss(store, keys, true)).toMatchObject({ refused: 0, refusedKeys: [] });
});

it('says nothing where no key is reached', () => {
  expect(planKeyLoss(store, [], false)).toBeNull();
});

it('shows a handful of many', () => {
  const many = Array.from({ length: 50 }, (_, n) => ({ key: `k${n}`, wrong: 0.9, taken: 'rebuilt' as const }));
  expect(planKeyLoss(store, many, false)).toMatchObject({ keys: 50, refused: 50, refusedKeys: { length: 20 } });
});
