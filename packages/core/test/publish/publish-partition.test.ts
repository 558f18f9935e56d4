import { expect, test } from 'vitest';
import { RecoveryError } from '../../src/model/errors/recovery-error.js';
import { publishPartition } from '../../src/runs/publish/publish-partition.js';
import { PassingFailure } from '../../src/sources/kafka/cluster/patience.js';
import { base, memoryOutbox } from './memory-outbox.js';

test('a look at the topic that finds nothing new is no progress: pauses grow, and the patience ends', async () => {
  const pauses: number[] = [];
  let now = 0;
  let fences = 0;
  const session = {
    send: () => Promise.reject(new PassingFailure('not the leader')),
    commit: () => Promise.resolve(),
    abort: () => Promise.resolve(),
    discard: () => Promise.resolve(),
  };
  const publishing = publishPartition({
    partition: {
      fence: () => Promise.resolve((fences++, session)),
      isHeldBack: () => Promise.resolve(false),
      stableEnd: () => Promise.resolve(0),
      read: () => ({ next: () => null, close: () => undefined }),
    },
    ...{ rows: memoryOutbox([{ key: 'k', value: 'v', guarded: false }], 1), base, topic: 'out', outputOf: null },
    ...{ start: 0, limit: 1, limits: { rows: 1, bytes: 1e6 }, transactionTimeoutMs: 1000, patienceMs: 10_000 },
    clock: {
      now: () => now,
      pause(ms) {
        if (fences > 1000) throw new Error('it goes on for ever');
        pauses.push(ms);
        now += ms;
        return Promise.resolve();
      },
    },
  });
  await expect(publishing).rejects.toMatchObject({ code: 'kafka-unreachable' });
  expect(pauses.slice(0, 8)).toEqual([20, 40, 80, 160, 320, 640, 1000, 1000]);
  expect(fences).toBeLessThan(20);
});

test.each([
  { forgotten: 0, held: false },
  { forgotten: 3, held: false },
  { forgotten: 100, held: true },
])('a marker is written anew until it counts: $forgotten forgotten', async ({ forgotten, held }) => {
  let markers = 0;
  const session = {
    send: () => Promise.reject(new Error('nothing is to be sent')),
    commit: () => Promise.resolve(),
    abort: () => Promise.resolve(void (markers += 1)),
    discard: () => Promise.resolve(),
  };
  const isHeldBack = (): boolean => markers <= forgotten;
  const publishing = publishPartition({
    partition: {
      fence: () => Promise.resolve(session),
      isHeldBack: () => Promise.resolve(isHeldBack()),
      stableEnd: () =>
        isHeldBack() ? Promise.reject(new RecoveryError('open-transaction', 'it stays open')) : Promise.resolve(0),
      read: () => ({ next: () => null, close: () => undefined }),
    },
    ...{ rows: memoryOutbox([], 1), base, topic: 'out', outputOf: null, start: 0, limit: 0 },
    ...{ limits: { rows: 1, bytes: 1e6 }, transactionTimeoutMs: 1000, patienceMs: 10_000 },
    clock: { now: () => 0, pause: () => Promise.resolve() },
  });
  await (held ? expect(publishing).rejects.toMatchObject({ code: 'open-transaction' }) : publishing);
  expect(markers).toBe(held ? 7 : forgotten + 1);
});
