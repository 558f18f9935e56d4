import { expect, test } from 'vitest';
import { RecordColumns } from '../batches/record-columns.js';
import { fetchBytesWithin, paceOf } from './read-pace.js';

/** 1,000 events of 50 bytes. */
const page = new RecordColumns();
for (let offset = 0; offset < 1000; offset++) {
  page.offsets.push(offset);
  page.keyLength.push(-1);
  page.valueLength.push(50);
}

test('an answer is no larger than what a rate allows in a fifth of a second, and never tiny', () => {
  expect(fetchBytesWithin(undefined, 4_000_000)).toBe(4_000_000);
  expect(fetchBytesWithin({ bytesPerSecond: 1_000_000 }, 4_000_000)).toBe(200_000);
  expect(fetchBytesWithin({ eventsPerSecond: 10 }, 4_000_000)).toBe(16 * 1024);
});

test.each([
  ['events', { eventsPerSecond: 10_000 }],
  ['bytes', { bytesPerSecond: 500_000 }],
])('a rate in %s is kept over all readers of a log', async (_, rate) => {
  const pace = paceOf(rate, null);
  const started = performance.now();
  for (let answer = 0; answer < 6; answer++) {
    await pace.before();
    pace.after([page]);
  }
  // Six answers are 0.6 s; the first is free, and a fifth of a second may be caught up with.
  expect(performance.now() - started).toBeGreaterThan(250);
});

test('whoever asks to wait is waited for before anything is asked of a broker', async () => {
  const order: string[] = [];
  const pace = paceOf({}, async () => void order.push('yielded'));
  await pace.before();
  order.push('asked');
  expect(order).toEqual(['yielded', 'asked']);
});

test('a stop ends the wait for a rate', async () => {
  const controller = new AbortController();
  const pace = paceOf({ bytesPerSecond: 1 }, null, controller.signal);
  pace.after([page]);
  const waiting = pace.before();
  controller.abort();
  await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
});
