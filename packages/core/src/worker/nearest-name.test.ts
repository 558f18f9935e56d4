import { expect, test } from 'vitest';
import { nearestName } from './nearest-name.js';

test.each([
  ['evlove', 'evolve'],
  ['Version', 'version'],
  ['lookup', 'lookups'],
  ['zzz', null],
  ['', null],
])('%s may mean %s', (given, near) => {
  expect(nearestName(given, ['evolve', 'version', 'versions', 'lookups', 'keys'])).toBe(near);
});
