import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isWithin, type ControlTotal } from '../totals/control-total.js';
import { sumAsWritten } from './sum-as-written.js';

describe('a sum of a measure', () => {
  it('is that of the decimals, in any order', () => {
    expect(sumAsWritten([0.1, 0.1, 0.1])).toBe(0.3);
    expect(sumAsWritten([0.7, 5, 0.1, -2, 1e-7])).toBe(3.8000001);
    expect(sumAsWritten([9_007_199_254_740_991, 1.5, -9_007_199_254_740_991])).toBe(1.5);
    expect(sumAsWritten([9_007_199_254_740_991, 2, -9_007_199_254_740_991])).toBe(2);
    expect(sumAsWritten([4_503_599_627_370_496, 0.25, -4_503_599_627_370_496])).toBe(0.25);
    expect(sumAsWritten([-0])).toBe(0);
    expect(sumAsWritten([1, NaN])).toBeNaN();
    expect(sumAsWritten([1, Infinity])).toBeNaN();
  });

  it('is that of whole cents, for amounts with two places', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -1e9, max: 1e9 }), { maxLength: 60 }), (cents) => {
        const sum = cents.reduce((total, value) => total + value, 0);
        expect(sumAsWritten(cents.map((value) => value / 100)) + 0).toBe(sum / 100 + 0);
      }),
    );
  });
});

it('a total is within what it may be off by, decimals taken as they are written', () => {
  const total: ControlTotal = { measure: 'euros', value: 0.3, within: 0.1, at: null, of: null };
  expect(isWithin({ total, found: 0.4 })).toBe(true);
  expect(isWithin({ total, found: 0.2 })).toBe(true);
  expect(isWithin({ total, found: 0.40000001 })).toBe(false);
  expect(isWithin({ total, found: NaN })).toBe(false);
});
