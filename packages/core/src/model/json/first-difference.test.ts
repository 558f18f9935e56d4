import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson } from './canonical-json.js';
import { firstDifference } from './first-difference.js';

test.each<[left: unknown, right: unknown, path: string | undefined]>([
  [1, 1, undefined],
  [NaN, NaN, undefined],
  [0, -0, undefined],
  [{ a: 1, b: 2 }, { b: 2, a: 1 }, undefined],
  [1, 2, '$'],
  [{ a: [1, { b: 2 }] }, { a: [1, { b: 3 }] }, '$.a[1].b'],
  [[1], [1, 2], '$[1]'],
  [{ a: 1 }, {}, '$.a'],
  [{}, { 'two words': 1 }, '$["two words"]'],
  [{}, [], '$'],
  [null, {}, '$'],
  [JSON.parse('{"__proto__":1}'), {}, '$.__proto__'],
])('%j and %j differ at %s', (left, right, path) => {
  expect(firstDifference(left, right)?.path ?? null).toBe(path ?? null);
  expect(firstDifference(left, right) === null).toBe(path === undefined);
});

test('there is a difference exactly when the canonical texts differ', () => {
  const small = fc.jsonValue({ maxDepth: 2 });
  fc.assert(
    fc.property(small, small, (left, right) => {
      expect(firstDifference(left, right) === null).toBe(canonicalJson(left) === canonicalJson(right));
    }),
  );
});
