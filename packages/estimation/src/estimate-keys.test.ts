import { describe, expect, it } from 'vitest';
import { gapAt, normalOf, pattern, seriesOf } from '../test/synthetic-series.js';
import { estimateKeys } from './estimate-keys.js';
import type { Series } from './series/series.js';

/** Days of shops whose errors have a common part. */
function shops(keys: number, length: number, seed: number, common: number): ReadonlyMap<string, Series> {
  const normal = normalOf(seed);
  const together = Array.from({ length }, () => normal());
  return new Map(
    Array.from({ length: keys }, (_, key) => {
      const own = Array.from({ length }, () => normal());
      const noise = (slot: number) => 0.08 * (common * together[slot]! + Math.sqrt(1 - common ** 2) * own[slot]!);
      return [`shop-${key}`, seriesOf(length, (slot) => 1000 * pattern('day', slot) * (1 + noise(slot)))] as const;
    }),
  );
}

const truthOf = (series: ReadonlyMap<string, Series>, from: number, slots: number) =>
  [...series.values()].reduce(
    (total, { values }) => total + values.subarray(from, from + slots).reduce((sum, value) => sum + value, 0),
    0,
  );

describe('many keys', () => {
  it('have their estimates, and a sum of them', () => {
    const series = shops(5, 150, 1, 0);
    const { keys, sum } = estimateKeys(series, gapAt(70, 3));
    expect([...keys.keys()]).toEqual([...series.keys()]);
    const total = [...keys.values()].reduce((all, of) => all + (of.status === 'estimated' ? of.estimate : NaN), 0);
    expect(sum).toMatchObject({ from: 'keys' });
    if (sum.from === 'keys') expect(sum.estimate).toBeCloseTo(total, 6);
  });

  it('have a wider interval in sum where their errors go together', () => {
    const width = (common: number) => {
      const { sum } = estimateKeys(shops(12, 150, 2, common), gapAt(70, 3));
      if (sum.from !== 'keys') throw new Error('a key was refused');
      return sum.intervals[1]!.high - sum.estimate;
    };
    // Added variances would give the same for both.
    expect(width(0.95)).toBeGreaterThan(2 * width(0));
  });

  it.each([31, 32])('hold the sum as often as they say, although errors go together, seed %i', (seed) => {
    let [held, gaps] = [0, 0];
    for (let trial = 0; trial < 60; trial++) {
      const series = shops(6, 150, seed * 1000 + trial, 0.8);
      const from = 60 + (trial % 30);
      const { sum } = estimateKeys(series, gapAt(from, 3));
      if (sum.from !== 'keys') continue;
      gaps++;
      const { low, high } = sum.intervals[1]!;
      const truth = truthOf(series, from, 3);
      if (low <= truth && truth <= high) held++;
    }
    expect(gaps).toBeGreaterThan(55);
    expect(held / gaps).toBeGreaterThan(0.9 - 3 * Math.sqrt(0.09 / gaps));
  });

  it('are summed as one series where a key is refused', () => {
    const series = new Map(shops(8, 150, 4, 0));
    const doubled = series.get('shop-0')!;
    const values = doubled.values.map((value, slot) => (slot < 71 ? value : value * 2));
    series.set('shop-0', { ...doubled, values });
    const { keys, sum } = estimateKeys(series, gapAt(70, 3));
    expect(keys.get('shop-0')).toMatchObject({ status: 'refused', reason: { code: 'level-shift' } });
    expect(sum).toMatchObject({ from: 'sum', result: { status: 'estimated' } });
  });

  it('of other steps or zones, or none, are an error', () => {
    const refused = expect.objectContaining({ code: 'invalid-argument' });
    expect(() => estimateKeys(new Map(), gapAt(70, 3))).toThrow(refused);
    const mixed = new Map([
      ['a', seriesOf(100, () => 1)],
      ['b', seriesOf(100, () => 1, { step: 'hour' })],
    ]);
    expect(() => estimateKeys(mixed, gapAt(70, 3))).toThrow(refused);
  });
});
