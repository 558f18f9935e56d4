import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { call } from '../../test/worker-fixtures.js';
import { canonicalIdentity } from '../model/event/event-identity.js';
import { defineWorker } from './define-worker.js';
import { deriveRandom } from './derive-random.js';

const event = canonicalIdentity({
  kind: 'log',
  source: 'shop',
  topic: 'orders',
  incarnation: '',
  partition: 3,
  offset: 7,
});

test('the numbers of an event never change', () => {
  expect(event).toBe('["log","shop","orders","",3,"7"]');
  expect([0, 1, 2, 3, 4, 9].map((n) => deriveRandom('orders', event, n))).toEqual([
    0.31195822593387257, 0.7931587031964091, 0.38202096905066774, 0.31092947211868105, 0.17775600645763223,
    0.7119535675563785,
  ]);
});

test('the documented algorithm, step by step', () => {
  const block = createHash('sha256')
    .update(JSON.stringify(['eventmend.random.1', 'orders', event, 1]))
    .digest();
  const upper53Bits = block.readBigUInt64BE(8) >> 11n;
  expect(deriveRandom('orders', event, 5)).toBe(Number(upper53Bits) / 2 ** 53);
});

test('context.random gives them in order, the same for every version of the code', () => {
  const worker = (version: string) =>
    defineWorker<unknown, number[]>({
      name: 'orders',
      version,
      key: () => 'a',
      evolve: (_, __, context) => Array.from({ length: 10 }, () => context.random()),
    });
  const expected = Array.from({ length: 10 }, (_, n) => deriveRandom('orders', event, n));
  expect(call(worker('1'), {}).writes[0]?.state).toEqual(expected);
  expect(call(worker('2'), {}).writes[0]?.state).toEqual(expected);
  expect(call(worker('1'), { offset: 8 }).writes[0]?.state).not.toEqual(expected);
});

test('numbers lie in [0, 1), differ by worker, event and call, and spread evenly', () => {
  const numbers = Array.from({ length: 4000 }, (_, n) => deriveRandom('w', `event ${n % 40}`, Math.floor(n / 40)));
  expect(new Set(numbers).size).toBe(4000);
  expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true);
  expect(numbers.reduce((sum, number) => sum + number, 0) / 4000).toBeCloseTo(0.5, 1);
  expect(deriveRandom('other', 'event 0', 0)).not.toBe(numbers[0]);
});
