import { quantile } from 'simple-statistics';
import { describe, expect, it, test } from 'vitest';
import { normalOf, randomOf } from '../../test/synthetic-series.js';
import { conformalInterval, conformalQuantile, intervalLevels } from './conformal.js';
import { effectiveCount } from './effective-count.js';
import { studentQuantile } from './student-t.js';

const upTo = (count: number) => Float64Array.from({ length: count }, (_, index) => index + 1);

describe('the conformal quantile', () => {
  it('is the (B + 1) level-th smallest score, in a straight line between two', () => {
    expect(conformalQuantile(upTo(99), 0.9)).toBe(90);
    expect(conformalQuantile(upTo(100), 0.9)).toBeCloseTo(90.9, 9);
    expect(conformalQuantile(upTo(40), 0.8)).toBeCloseTo(32.8, 9);
    expect(conformalQuantile(Float64Array.of(3, 1, 2, 5, 4), 0.8)).toBeCloseTo(4.8, 9);
    // The quantile of type 7 is another number.
    expect(quantile([...upTo(40)], 0.8)).toBeLessThan(32.6);
  });

  it('is infinite below 19 scores for 95 %, below 9 for 90 %, below 4 for 80 %', () => {
    for (const [fewest, level] of [
      [19, 0.95],
      [9, 0.9],
      [4, 0.8],
    ] as const) {
      expect(conformalQuantile(upTo(fewest), level)).toBe(fewest);
      expect(conformalQuantile(upTo(fewest - 1), level)).toBe(Infinity);
      expect(conformalQuantile(upTo(fewest - 1), level, 2)).toBe(Infinity);
    }
  });

  it('takes scores that overlap for as many as they are worth, and for no more than there are', () => {
    expect(conformalQuantile(upTo(100), 0.8, 10)).toBeCloseTo(88, 9);
    expect(conformalQuantile(upTo(100), 0.8, 19)).toBeCloseTo((100 / 19) * 20 * 0.8, 9);
    expect(conformalQuantile(upTo(100), 0.9, 100)).toBeCloseTo(90.9, 9);
    expect(conformalQuantile(upTo(100), 0.9, 1000)).toBeCloseTo(90.9, 9);
    // The level lies beyond the largest of ten: Student's t of ten degrees, times the root mean square.
    expect(conformalQuantile(upTo(100), 0.95, 10) / Math.sqrt(3383.5)).toBeCloseTo(2.228, 2);
    // A score that is far from all others is not passed over.
    expect(conformalQuantile([...new Array<number>(39).fill(1), 100], 0.95, 10)).toBe(100);
  });

  it.each([11, 12, 13])('covers a further score as often as it says, seed %i', (seed) => {
    const normal = normalOf(seed);
    for (const [scores, level] of [
      [19, 0.95],
      [40, 0.9],
      [23, 0.8],
    ] as const) {
      const trials = 4000;
      let covered = 0;
      for (let trial = 0; trial < trials; trial++) {
        const distance = conformalQuantile(
          Float64Array.from({ length: scores }, () => Math.abs(normal())),
          level,
        );
        if (Math.abs(normal()) <= distance) covered++;
      }
      expect(Math.abs(covered / trials - level)).toBeLessThan(0.02);
    }
  });

  // Sums over spans that begin one slot after the other, and the next one that overlaps none of them.
  it.each([
    [3, 20, 31],
    [5, 40, 32],
    [7, 20, 33],
    [7, 80, 34],
  ])('covers the sum over %i slots as often as it says, from %i spans that overlap, seed %i', (length, spans, seed) => {
    const [normal, random] = [normalOf(seed), randomOf(seed + 1000)];
    const starts = Array.from({ length: spans }, (_, start) => start);
    const effective = effectiveCount(starts, length);
    const trials = 3000;
    const held = [0, 0, 0];
    for (let trial = 0; trial < trials; trial++) {
      // One slot in ten errs by three times as much.
      const errors = Array.from({ length: spans + 2 * length }, () => normal() * (random() < 0.1 ? 3 : 1));
      const sumAt = (start: number) => Math.abs(errors.slice(start, start + length).reduce((sum, of) => sum + of, 0));
      const scores = starts.map(sumAt);
      intervalLevels.forEach((level, at) => {
        if (sumAt(spans + length - 1) <= conformalQuantile(scores, level, effective)) held[at]!++;
      });
    }
    intervalLevels.forEach((level, at) => {
      expect(held[at]! / trials).toBeGreaterThan(level - 0.025);
      expect(held[at]! / trials).toBeLessThan(Math.min(level + 0.08, 0.985));
    });
  });
});

describe('the spans that overlap', () => {
  it('are worth as many as they are where they do not, and fewer where they do', () => {
    expect(effectiveCount([0, 3, 6, 9], 3)).toBe(4);
    expect(effectiveCount([], 3)).toBe(0);
    expect(effectiveCount([5, 5], 3)).toBe(1);
    // Pairs with a half in common: four of 1/4 each beside the three themselves.
    expect(effectiveCount([0, 1, 2], 2)).toBeCloseTo(9 / (3 + 4 / 4), 9);
    const effective = effectiveCount([...upTo(40)], 7);
    expect(effective).toBeGreaterThan(40 / 7);
    expect(effective).toBeLessThan(40 / 3);
  });

  it('are worth what they have in common where errors are independent, and less where they go on', () => {
    const normal = normalOf(41);
    const starts = [...upTo(60)];
    const worthOf = (carried: number) => {
      let state = 0;
      return effectiveCount(
        starts,
        1,
        starts.map(() => Math.abs((state = carried * state + normal()))),
      );
    };
    const mean = (carried: number) => Array.from({ length: 60 }, () => worthOf(carried)).reduce((a, b) => a + b) / 60;
    expect(mean(0)).toBeGreaterThan(54);
    // n (1 - r^2) / (1 + r^2) of many; a correlation that is estimated from few is too small.
    expect(mean(0.9)).toBeLessThan(60 * 0.4);
    expect(mean(0.9)).toBeGreaterThan(60 * 0.1);
  });

  it('are worth three or more where an error only goes on, and no more than they overlap', () => {
    expect(effectiveCount([...upTo(60)], 1, [...upTo(60)])).toBe(3);
    expect(effectiveCount([0, 1, 2, 3], 20, [0, 1, 2, 3])).toBe(effectiveCount([0, 1, 2, 3], 20));
  });
});

test('the quantiles of Student are those of tables', () => {
  for (const [degrees, expected] of [
    [2, 4.303],
    [5, 2.571],
    [10, 2.228],
    [1000, 1.962],
  ] as const) {
    expect(Math.abs(studentQuantile(0.975, degrees) / expected - 1)).toBeLessThan(0.012);
  }
  expect(Math.abs(studentQuantile(0.9, 7) / 1.415 - 1)).toBeLessThan(0.005);
});

describe('an interval', () => {
  it('is cut at zero where nothing can be negative', () => {
    const scores = upTo(40);
    const given = { scores, level: 0.9 };
    expect(conformalInterval(10, 1, given, true)).toEqual({ level: 0.9, low: 0, high: 46.9 });
    expect(conformalInterval(10, 1, given, false)).toEqual({ level: 0.9, low: -26.9, high: 46.9 });
    expect(conformalInterval(10, 1, { scores: upTo(3), level: 0.9 }, true)).toEqual({
      level: 0.9,
      low: 0,
      high: Infinity,
    });
    expect(conformalInterval(10, 1, { scores: upTo(3), level: 0.9 }, false).low).toBe(-Infinity);
    for (const scores of [upTo(0), upTo(40)]) {
      expect(conformalInterval(10, NaN, { scores, level: 0.9 }, true)).toEqual({ level: 0.9, low: 0, high: Infinity });
    }
  });
});
