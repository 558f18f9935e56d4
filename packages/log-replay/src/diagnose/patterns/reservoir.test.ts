import { describe, expect, it } from 'vitest';
import { createReservoir } from './reservoir.js';
import { seededFractions } from './seeded-fractions.js';

function sample(size: number, stream: number, seed: number): readonly number[] {
  const reservoir = createReservoir<number>(size, seededFractions(seed));
  for (let item = 0; item < stream; item++) if (reservoir.isDrawn()) reservoir.put(item);
  expect(reservoir.offered).toBe(stream);
  return reservoir.items;
}

describe('the reservoir', () => {
  it('keeps everything until it is full, and its size from then on', () => {
    expect(sample(5, 3, 1)).toEqual([0, 1, 2]);
    expect(sample(5, 5, 1)).toEqual([0, 1, 2, 3, 4]);
    expect(new Set(sample(5, 1000, 1)).size).toBe(5);
  });

  it('draws the same for the same seed, and otherwise for another', () => {
    expect(sample(20, 5000, 3)).toEqual(sample(20, 5000, 3));
    expect(sample(20, 5000, 3)).not.toEqual(sample(20, 5000, 4));
  });

  it('keeps each item of the stream with the same chance', () => {
    const [size, stream, draws, parts] = [10, 200, 4000, 10];
    const counts = Array<number>(parts).fill(0);
    for (let seed = 0; seed < draws; seed++) {
      for (const item of sample(size, stream, seed)) counts[Math.floor((item * parts) / stream)]!++;
    }
    const expected = (size * draws) / parts;
    const chiSquared = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    // 9 degrees of freedom: above 27.9 in one of a thousand.
    expect(chiSquared).toBeLessThan(27.9);
  });

  it('is asked to put few of many', () => {
    const reservoir = createReservoir<number>(100, seededFractions(1));
    let drawn = 0;
    for (let item = 0; item < 1_000_000; item++) {
      if (!reservoir.isDrawn()) continue;
      reservoir.put(item);
      drawn++;
    }
    // About 100 * (1 + ln(10,000)).
    expect(drawn).toBeGreaterThan(800);
    expect(drawn).toBeLessThan(1300);
  });
});
