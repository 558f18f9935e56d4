import { expect, test } from 'vitest';
import { quantityOfMembers } from './member-intervals.js';
import { randomSource } from './random-source.js';

test('of 19 donors the 90 % lie between the lowest and the highest, and 95 % is not to be had', () => {
  const values = Array.from({ length: 19 }, (_, at) => at + 1);
  const { estimate, intervals } = quantityOfMembers(values, 19);
  expect(estimate).toBe(10);
  expect(intervals).toEqual([
    { level: 0.8, low: 2, high: 18 },
    { level: 0.9, low: 1, high: 19 },
    { level: 0.95, low: -Infinity, high: Infinity },
  ]);
  expect(quantityOfMembers(values.slice(1), 18).intervals[1]).toEqual({ level: 0.9, low: -Infinity, high: Infinity });
});

test('more members of the same donors say no more than these', () => {
  const donors = Array.from({ length: 39 }, (_, at) => at);
  const twice = [...donors, ...donors];
  expect(quantityOfMembers(twice, 39).intervals).toEqual(quantityOfMembers(donors, 39).intervals);
});

test('intervals hold the truth as often as they say, for few donors and of a skewed distribution', () => {
  const random = randomSource(7, 'intervals');
  const draw = (): number => Math.exp(2 * random.next() + random.next());
  const runs = 4000;
  for (const donors of [19, 24, 40]) {
    let held = 0;
    for (let run = 0; run < runs; run++) {
      const { intervals } = quantityOfMembers(Array.from({ length: donors }, draw), donors);
      const truth = draw();
      if (intervals[1]!.low <= truth && truth <= intervals[1]!.high) held++;
    }
    const expected = (donors + 1 - 2 * Math.floor((donors + 1) * 0.05)) / (donors + 1);
    expect(expected).toBeGreaterThanOrEqual(0.9);
    expect(Math.abs(held / runs - expected)).toBeLessThan(0.02);
  }
});

test('where all members agree there is no error to tell of', () => {
  expect(quantityOfMembers([0.1, 0.1, 0.1], 3)).toMatchObject({
    estimate: 0.1,
    standardDeviation: 0,
    monteCarloError: 0,
  });
});
