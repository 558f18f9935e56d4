import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { leastConvincing, logLikelihoodRatio } from './log-likelihood.js';

describe('the log-likelihood ratio', () => {
  it('is zero for equal shares and grows with the difference and the counts', () => {
    expect(logLikelihoodRatio(10, 100, 100, 1000)).toBe(0);
    expect(logLikelihoodRatio(0, 0, 5, 10)).toBe(0);
    expect(logLikelihoodRatio(20, 100, 100, 1000)).toBeLessThan(logLikelihoodRatio(30, 100, 100, 1000));
    expect(logLikelihoodRatio(20, 100, 100, 1000)).toBeLessThan(logLikelihoodRatio(200, 1000, 1000, 10_000));
  });

  it('is twice the number of events times the mutual information of the table', () =>
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 500 }), { minLength: 4, maxLength: 4 }), (cells) => {
        const [a, c, b, d] = cells as [number, number, number, number];
        const all = a + b + c + d;
        const entropy = (...counts: readonly number[]) =>
          counts.reduce((sum, count) => sum - (count === 0 ? 0 : (count / all) * Math.log(count / all)), 0);
        const information = entropy(a + c, b + d) + entropy(a + b, c + d) - entropy(a, b, c, d);
        expect(logLikelihoodRatio(a, a + c, b, b + d)).toBeCloseTo(all === 0 ? 0 : 2 * all * information, 6);
      }),
    ));

  it('asks for more where more was tried', () => {
    expect(leastConvincing(0.01, 1)).toBeCloseTo(9.21, 2);
    expect(leastConvincing(0.01, 1000)).toBeCloseTo(23.03, 2);
  });
});
