import { describe, expect, it } from 'vitest';
import { sameComparable } from './same-comparable.js';

describe('two comparable states', () => {
  it.each([
    ['of the same text', '{"open":1}', '{"open":1}', true],
    ['whose fractions differ in the last bits', '{"open":0.1}', '{"open":0.10000000000000002}', true],
    ['one of which writes an absent field as null', '{"open":1}', '{"open":1,"note":null}', true],
    ['whose fractions differ', '{"open":0.1}', '{"open":0.10001}', false],
    ['whose integers differ', '{"open":9007199254740991}', '{"open":9007199254740990}', false],
    ['none of which is there', null, null, true],
    ['one of which is not there', '{}', null, false],
    ['one of which is not there and the other null', 'null', null, false],
  ])('%s', (_, expected, recorded, same) => {
    expect(sameComparable(expected, recorded)).toBe(same);
    expect(sameComparable(recorded, expected)).toBe(same);
  });
});
