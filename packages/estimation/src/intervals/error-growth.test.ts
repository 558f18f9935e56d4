import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalOf, randomOf } from '../../test/synthetic-series.js';
import { errorGrowth } from './error-growth.js';

/** Errors of spans of many sizes, of which noise grows with a power. */
function errorsOf(power: number, count: number, seed: number) {
  const [normal, random] = [normalOf(seed), randomOf(seed + 1000)];
  const sizes = Array.from({ length: count }, () => 10 * 20 ** random());
  return { sizes, errors: sizes.map((size) => Math.abs(normal()) * size ** power) };
}

describe('the growth of errors', () => {
  it.each([0, 0.5, 1])('is the power that the errors show: %d', (power) => {
    for (const seed of [1, 2, 3]) {
      const { errors, sizes } = errorsOf(power, 400, seed);
      expect(Math.abs(errorGrowth(errors, sizes, 400) - power)).toBeLessThan(0.15);
    }
  });

  it('is near a half where few errors tell, or sizes are alike', () => {
    const { errors, sizes } = errorsOf(0, 400, 4);
    expect(errorGrowth(errors, sizes, 400)).toBeLessThan(0.12);
    expect(errorGrowth(errors, sizes, 1)).toBeGreaterThan(0.3);
    const alike = errors.map(() => 7);
    expect(errorGrowth(errors, alike, 400)).toBeCloseTo(0.5, 9);
  });

  it('lies between -1/2 and 3/2, is the same in any unit, and is a number where nothing ever erred', () => {
    expect(errorGrowth([0, 0, 0], [1, 2, 3], 3)).toBe(1);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat({ max: 1_000_000 }), fc.integer({ min: 1, max: 1_000_000 })), {
          minLength: 9,
          maxLength: 60,
        }),
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: -30, max: 40 }),
        (pairs, worth, exponent) => {
          const [errors, sizes] = [pairs.map(([error]) => error), pairs.map(([, size]) => size)];
          const growth = errorGrowth(errors, sizes, worth);
          expect(growth).toBeGreaterThanOrEqual(-0.5 - 1e-9);
          expect(growth).toBeLessThanOrEqual(1.5 + 1e-9);
          const unit = 2 ** exponent;
          const scaled = errorGrowth(
            errors.map((error) => error * unit),
            sizes.map((size) => size * unit),
            worth,
          );
          expect(scaled).toBeCloseTo(growth, 6);
        },
      ),
      { numRuns: 100 },
    );
  });
});
