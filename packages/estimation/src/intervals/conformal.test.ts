import { quantile } from 'simple-statistics';
import { describe, expect, it } from 'vitest';
import { normalOf } from '../../test/synthetic-series.js';
import { conformalInterval, conformalQuantile } from './conformal.js';

const upTo = (count: number) => Float64Array.from({ length: count }, (_, index) => index + 1);

describe('the conformal quantile', () => {
  it('is the ceil((B + 1) level)-th smallest score', () => {
    expect(conformalQuantile(upTo(99), 0.9)).toBe(90);
    expect(conformalQuantile(upTo(100), 0.9)).toBe(91);
    expect(conformalQuantile(upTo(40), 0.8)).toBe(33);
    expect(conformalQuantile(Float64Array.of(3, 1, 2, 5, 4), 0.8)).toBe(5);
    // The quantile of type 7 is another number.
    expect(quantile([...upTo(40)], 0.8)).not.toBe(33);
  });

  it('is infinite below 19 scores for 95 %, below 9 for 90 %, below 4 for 80 %', () => {
    for (const [fewest, level] of [
      [19, 0.95],
      [9, 0.9],
      [4, 0.8],
    ] as const) {
      expect(conformalQuantile(upTo(fewest), level)).toBe(fewest);
      expect(conformalQuantile(upTo(fewest - 1), level)).toBe(Infinity);
    }
  });

  it('takes scores that overlap for as many as are independent where these are few, and for no more than there are', () => {
    expect(conformalQuantile(upTo(100), 0.8, 10)).toBe(88);
    expect(conformalQuantile(upTo(100), 0.95, 10)).toBe(100);
    expect(conformalQuantile(upTo(100), 0.9, 100)).toBe(91);
    expect(conformalQuantile(upTo(100), 0.8, 18)).toBe(85);
    expect(conformalQuantile(upTo(100), 0.8, 19)).toBe(81);
    expect(conformalQuantile(upTo(18), 0.95, 18)).toBe(Infinity);
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
      const expected = Math.ceil((scores + 1) * level - 1e-9) / (scores + 1);
      expect(Math.abs(covered / trials - expected)).toBeLessThan(0.02);
    }
  });
});

describe('an interval', () => {
  it('is cut at zero where nothing can be negative', () => {
    const scores = upTo(40);
    const given = { scores, level: 0.9 };
    expect(conformalInterval(10, 1, given, true)).toEqual({ level: 0.9, low: 0, high: 47 });
    expect(conformalInterval(10, 1, given, false)).toEqual({ level: 0.9, low: -27, high: 47 });
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
