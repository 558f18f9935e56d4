import { expect, test } from 'vitest';
import { freezeDeeply } from './freeze-deeply.js';

test('everything in a value is frozen; bytes are left alone', () => {
  const value = { a: [{ b: 1 }], bytes: new Uint8Array(2), n: null };
  freezeDeeply(value);
  expect([value, value.a, value.a[0]].every(Object.isFrozen)).toBe(true);
  expect(Object.isFrozen(value.bytes)).toBe(false);
});
