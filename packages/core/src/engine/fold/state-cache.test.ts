import { expect, test } from 'vitest';
import type { StoredState } from '../store/run-store.js';
import { StateCache } from './state-cache.js';

/** A cache over a store of states whose texts have a length, and the keys that it asked the store for. */
function cacheOver(length: number, cachedStates: number) {
  const asked: string[] = [];
  const stored = (key: string): StoredState => {
    asked.push(key);
    return { lane: 0, text: JSON.stringify('x'.repeat(length - 2)), provenance: 0, hash: 'h' };
  };
  return { cache: new StateCache(cachedStates, stored, () => 0, null), asked };
}

function readAll(cache: StateCache, keys: number): void {
  for (let n = 0; n < keys; n++) {
    cache.get(`k${n}`);
    cache.forget();
  }
}

test('small states are kept up to their number', () => {
  const { cache, asked } = cacheOver(100, 100);
  readAll(cache, 50);
  readAll(cache, 50);
  expect(asked).toHaveLength(50);
});

test('a large state counts for several: what is kept is bounded by its text', () => {
  const { cache, asked } = cacheOver(512 * 10, 100);
  readAll(cache, 20);
  readAll(cache, 20);
  expect(asked).toHaveLength(40);
});

test('states that grew ask for an earlier commit once their text was seen', () => {
  const { cache } = cacheOver(100, 100);
  const changeAll = () => {
    for (let n = 0; n < 20; n++) cache.markDirty(cache.get(`k${n}`));
  };
  changeAll();
  expect(cache.mustCommit).toBe(false);
  for (const entry of cache.takeDirty()) cache.weigh(entry, 'x'.repeat(512 * 10));
  cache.forget();
  changeAll();
  expect(cache.mustCommit).toBe(true);
});
