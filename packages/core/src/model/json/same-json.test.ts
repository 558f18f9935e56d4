import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstDifference } from './first-difference.js';
import { sameJson } from './same-json.js';

describe('sameJson', () => {
  it('says what firstDifference says (property)', () => {
    const value = fc.jsonValue({ maxDepth: 3 });
    const pair = fc.oneof(
      fc.tuple(value, value),
      value.map((one) => [one, JSON.parse(JSON.stringify(one)) as unknown] as const),
      // Close relatives: one field more, less or otherwise.
      fc
        .dictionary(fc.constantFrom('a', 'b', '__proto__'), fc.nat(1))
        .chain((one) =>
          fc.dictionary(fc.constantFrom('a', 'b', '__proto__'), fc.nat(1)).map((other) => [one, other] as const),
        ),
    );
    fc.assert(
      fc.property(pair, ([left, right]) => {
        expect(sameJson(left, right)).toBe(firstDifference(left, right) === null);
      }),
      { numRuns: 2000, seed: 1717 },
    );
  });

  it('tells a missing field from an undefined one, and an array from an object', () => {
    expect(sameJson({ a: 1 }, { b: 1 })).toBe(false);
    expect(sameJson([], {})).toBe(false);
    expect(sameJson({}, [])).toBe(false);
    expect(sameJson(-0, 0)).toBe(true);
  });
});
