import { expect, test } from 'vitest';
import { conditionOnTotal, conditionPart } from './condition-on-total.js';

const parts = [
  [1, 4, 2, 8],
  [5, 5, 5, 5],
  [3, 1, 9, 0],
].map((values) => Float64Array.from(values));
const sums = Float64Array.from([9, 10, 16, 13]);

test('the parts of every member add up to the total, and what is the same in all stays', () => {
  const conditioning = conditionOnTotal(sums, 12.5)!;
  const conditioned = parts.map((part) => conditionPart(part, conditioning));
  for (let member = 0; member < 4; member++) {
    expect(conditioned.reduce((sum, part) => sum + part[member]!, 0)).toBeCloseTo(12.5, 9);
  }
  expect([...conditioned[1]!]).toEqual([5, 5, 5, 5]);
});

test('the part that goes with the sum moves, and its spread gets smaller', () => {
  const free = Float64Array.from([0, 1, 2, 3]);
  const noise = Float64Array.from([0.1, -0.1, -0.1, 0.1]);
  const conditioning = conditionOnTotal(
    free.map((value, at) => value + noise[at]!),
    2,
  )!;
  const spread = (values: Float64Array) => Math.max(...values) - Math.min(...values);
  expect(spread(conditionPart(free, conditioning))).toBeLessThan(0.5);
  expect(conditionPart(free, conditioning)[0]).toBeCloseTo(2, 0);
});

test('a total far from all members contradicts them, and so does any other where they agree', () => {
  expect(conditionOnTotal(sums, 1000)).toBeNull();
  expect(conditionOnTotal(Float64Array.from([7, 7]), 7.01)).toBeNull();
  expect(conditionOnTotal(Float64Array.from([7, 7]), 7)).not.toBeNull();
});
