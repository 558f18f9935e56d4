import { describe, expect, it } from 'vitest';
import { normalOf, pattern, seriesOf } from '../../test/synthetic-series.js';
import { portfolioFor } from '../methods/portfolio.js';
import type { Series } from '../series/series.js';
import { chooseMasks, placeGap } from './choose-masks.js';
import { maskedHistories } from './masked-histories.js';
import { runBacktest } from './run-backtest.js';

function shop(length: number, seed: number): Series {
  const normal = normalOf(seed);
  const noise = Array.from({ length }, () => 1 + 0.1 * normal());
  return seriesOf(length, (slot) => 1000 * pattern('day', slot) * noise[slot]!);
}

describe('a mask', () => {
  it.each([
    ['middle', 80, 200],
    ['end', 197, 200],
  ] as const)('hides its span and the gap from every method, %s', (side, from, length) => {
    const series = shop(length, 1);
    const place = placeGap(series, { from, to: from + 3 });
    const { selection } = chooseMasks(series, place);
    const plain = maskedHistories(series, place, null);
    for (const start of selection.slice(0, 10)) {
      const isHidden = (slot: number) =>
        (slot >= start && slot < start + 3) || (slot >= from && slot < from + 3) || (side === 'end' && slot >= start);
      const values = series.values.map((value, slot) => (isHidden(slot) ? 1e9 : value));
      const changed = maskedHistories({ ...series, values }, place, null);
      for (const [name, method] of portfolioFor(side, 'level')) {
        expect([name, method(changed.ofMask(start))]).toEqual([name, method(plain.ofMask(start))]);
      }
    }
  });

  it('hides as much beside it as is missing beside the gap', () => {
    const whole = shop(200, 2);
    const values = whole.values.map((value, slot) => (slot >= 78 && slot < 85 ? NaN : value));
    const series = { ...whole, values };
    const place = placeGap(series, { from: 80, to: 83 });
    const { values: seen, from, to } = maskedHistories(series, place, null).ofMask(120);
    expect([...seen.subarray(from - 3, to + 3)].map((value) => Number.isNaN(value))).toEqual([
      ...[false, true, true],
      ...[true, true, true],
      ...[true, true, false],
    ]);
  });

  it('sees no more behind it than the gap does', () => {
    const series = shop(200, 3);
    const place = placeGap(series, { from: 190, to: 195 });
    const { values, to } = maskedHistories(series, place, null).ofMask(100);
    expect(values.length - to).toBe(5);
  });
});

describe('a backtest', () => {
  it('has the errors of each method over the masks, and those of the mean of everything', () => {
    const series = shop(200, 4);
    const place = placeGap(series, { from: 100, to: 102 });
    const masks = [40, 60, 140];
    const histories = maskedHistories(series, place, null);
    const methods = portfolioFor('middle', 'sum');
    const { scores, squares, climatology } = runBacktest(histories, masks, methods, 'total');
    const total = (path: ArrayLike<number>) => Array.from(path).reduce((sum, value) => sum + value, 0);
    for (const { method, meanError, bias, rootMeanSquare, masks: filled } of scores) {
      const errors = masks.map((start) => {
        const path = methods.find(([name]) => name === method)![1](histories.ofMask(start))!;
        return total(path) - total(series.values.subarray(start, start + 2));
      });
      expect(filled).toBe(3);
      expect(meanError).toBeCloseTo(errors.reduce((sum, error) => sum + Math.abs(error), 0) / 3, 8);
      expect(bias).toBeCloseTo(total(errors) / 3, 8);
      expect(rootMeanSquare).toBeCloseTo(Math.sqrt(errors.reduce((sum, error) => sum + error ** 2, 0) / 3), 8);
      squares.get(method)!.forEach((square, at) => expect(square).toBeCloseTo(errors[at]! ** 2, 4));
    }
    const known = [...histories.ofMask(40).values].filter((value) => !Number.isNaN(value));
    const mean = total(known) / known.length;
    expect(climatology.squares[0]).toBeCloseTo((2 * mean - total(series.values.subarray(40, 42))) ** 2, 4);
    expect(scores.map(({ method }) => method)).not.toContain('covariate-ratio');
  });
});
