import { expect, test } from 'vitest';
import { parseRate } from './rate.js';

test.each([
  ['20MB/s', { bytesPerSecond: 20_000_000 }],
  ['500 kB/s', { bytesPerSecond: 500_000 }],
  ['5000 events/s', { eventsPerSecond: 5000 }],
  ['1 event/s', { eventsPerSecond: 1 }],
])('%s', (text, rate) => {
  expect(parseRate(text)).toEqual(rate);
});

test.each(['', 'fast', '20', '20MB', '0 events/s', '-5MB/s', '5 MB/min'])('%j is none', (text) => {
  expect(parseRate(text)).toBeNull();
});
