import { expect, it } from 'vitest';
import { guessBrokerVersion, requestsNotSpoken, type ApiVersionRange } from './broker-version.js';

const broker = (fetch: [number, number], others: readonly number[] = []): ApiVersionRange[] => [
  { key: 1, min: fetch[0], max: fetch[1] },
  ...[2, 3, 9, 10, 18, 32, ...others].map((key) => ({ key, min: 0, max: 9 })),
];

it('guesses the version from what the broker speaks', () => {
  expect(guessBrokerVersion(broker([4, 18], [65, 68]))).toBe('4.x');
  expect(guessBrokerVersion(broker([0, 17], [65]))).toBe('3.x');
  expect(guessBrokerVersion(broker([0, 12]))).toBe('2.7 to 2.8');
  expect(guessBrokerVersion(broker([0, 11]))).toBe('2.0 to 2.6');
  expect(guessBrokerVersion(broker([0, 6]))).toBe('0.11 to 1.x');
  expect(guessBrokerVersion(broker([0, 3]))).toBe('before 0.11');
  expect(guessBrokerVersion([])).toBe('before 0.11');
});

it('names the requests that client and broker have no version of in common', () => {
  expect(requestsNotSpoken(broker([4, 18]))).toEqual([]);
  expect(requestsNotSpoken(broker([12, 20]))).toEqual(['Fetch']);
  expect(requestsNotSpoken(broker([0, 3]))).toEqual(['Fetch']);
  expect(requestsNotSpoken(broker([0, 11]).filter(({ key }) => key !== 32))).toEqual(['DescribeConfigs']);
});
