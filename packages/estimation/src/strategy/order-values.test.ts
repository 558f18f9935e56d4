import { expect, test } from 'vitest';
import { orderByTime } from './order-values.js';

test('a number lies between those of the known events around its time, and keeps the order of times outside of them', () => {
  const valueAt = orderByTime([
    { time: 100, value: 10 },
    { time: 200, value: 20 },
    { time: 200, value: 24 },
    { time: 400, value: 30 },
  ])!;
  expect([100, 150, 200, 300].map(valueAt)).toEqual([10, 17, 24, 27]);
  const behind = [400, 401, 1e6, 1e9].map(valueAt);
  expect(behind).toEqual([...behind].sort((a, b) => a - b));
  expect(new Set(behind).size).toBe(4);
  expect(behind[3]).toBeLessThan(31);
  const before = [-1e9, 0, 99].map(valueAt);
  expect(before).toEqual([...before].sort((a, b) => a - b));
  expect(before[2]).toBeLessThan(10);
});

test('numbers that fall while times rise give no order, a few of them do', () => {
  const rising = Array.from({ length: 100 }, (_, at) => ({ time: at, value: at }));
  expect(orderByTime(rising.map(({ time, value }) => ({ time, value: -value })))).toBeNull();
  expect(orderByTime([...rising, { time: 50.5, value: 3 }])).not.toBeNull();
  expect(orderByTime([])).toBeNull();
});
