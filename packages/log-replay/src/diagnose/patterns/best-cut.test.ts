import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bestCut, risingNumbers } from './best-cut.js';
import { logLikelihoodRatio } from './log-likelihood.js';
import { roundCut } from './round-cut.js';

const numbers = fc.array(fc.integer({ min: -40, max: 40 }), { minLength: 1, maxLength: 40 });
const rising = (values: readonly number[]) => Float64Array.from(values).sort();

describe('the best cut', () => {
  it('counts what lies on its side, and is nearly as strong as the strongest of all', () =>
    fc.assert(
      fc.property(
        numbers,
        numbers,
        fc.constantFrom('at least' as const, 'below' as const),
        (faults, background, is) => {
          const weigh = (a: number, b: number) =>
            a * background.length > b * faults.length ? logLikelihoodRatio(a, faults.length, b, background.length) : 0;
          const side = (values: readonly number[], cut: number) =>
            values.filter((value) => (is === 'below' ? value < cut : value >= cut)).length;
          const found = bestCut(is, rising(faults), rising(background), weigh, roundCut);
          const all = [...faults, ...background].map((cut) => weigh(side(faults, cut), side(background, cut)));
          const strongest = Math.max(...all);
          if (found === null) {
            expect(strongest).toBe(0);
            return;
          }
          expect([found.faults, found.background]).toEqual([side(faults, found.cut), side(background, found.cut)]);
          expect(found.strength).toBeCloseTo(weigh(found.faults, found.background), 9);
          expect(found.strength).toBeGreaterThanOrEqual(0.98 * strongest - 1e-9);
        },
      ),
    ));

  it('is round where a round one says nearly the same', () => {
    const background = Float64Array.from({ length: 3000 }, (_, index) => index);
    const faults = Float64Array.from({ length: 60 }, (_, index) => 1509 + 20 * index);
    const weigh = (a: number, b: number) => (a < 3 ? 0 : logLikelihoodRatio(a, 60, b, 3000));
    expect(bestCut('at least', faults, background, weigh, roundCut)?.cut).toBe(1500);
  });

  it('leaves rows without a number aside', () => {
    expect([...risingNumbers(Float64Array.of(3, NaN, 1, 2), [0, 1, 2])]).toEqual([1, 3]);
  });
});
