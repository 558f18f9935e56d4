import { expect, test } from 'vitest';
import { call, callInstance, pageOf, single, somePartition, thrownBy } from '../../test/worker-fixtures.js';
import { createWorkerInstance } from './create-worker-instance.js';
import { defineWorker } from './define-worker.js';
import { referenceTable } from './reference-data.js';
import type { HandlerEffects } from './worker-instance.js';

test('the version of the handler goes by the effective time', () => {
  const worker = defineWorker<unknown, string>({
    name: 'v',
    version: '1',
    key: () => 'a',
    versions: [
      { from: 20, until: 30, evolve: () => 'late' },
      { until: 10, evolve: () => 'early' },
    ],
  });
  const instance = createWorkerInstance(worker);
  const at = (time?: number) =>
    (callInstance(instance, time === undefined ? {} : { time }) as HandlerEffects).writes[0]?.state;
  expect([at(), at(9), at(20), at(29), at(0)]).toEqual(['early', 'early', 'late', 'late', 'early']);
  for (const time of [10, 19, 30]) {
    expect(thrownBy(() => at(time))).toMatchObject({
      code: 'no-valid-worker-version',
      message: expect.stringContaining(new Date(time).toISOString()),
    });
  }
});

test('the context gives time and replay status, and its functions stand alone', () => {
  const worker = single((_state, { now, replaying, emit, random }) => {
    emit('o', { now, replaying });
    return random() < 1;
  });
  expect(call(worker, { time: 55 }).outputs[0]?.value).toEqual({ now: 55, replaying: true });
  expect(call(worker, { time: 55 }, {}, { replaying: false }).outputs[0]?.value).toEqual({ now: 55, replaying: false });
  expect(
    thrownBy(() =>
      call(
        single((_state, context) => {
          (context as { now: number }).now = 5;
          return 1;
        }),
        {},
      ),
    ),
  ).toMatchObject({ code: 'worker-failed' });
});

test('a lookup gives the row that was valid at the time of the event', () => {
  const lookups = {
    rates: referenceTable('rates', [
      { key: 'EUR', validFrom: -Infinity, value: 1 },
      { key: 'EUR', validFrom: 100, value: 2 },
    ]),
  };
  const worker = single((_state, context) => [context.lookup('rates', 'EUR'), context.lookup('rates', 'XXX') ?? null], {
    lookups: ['rates'],
  });
  const at = (time?: number) => call(worker, time === undefined ? {} : { time }, {}, { lookups }).writes[0]?.state;
  expect([at(), at(99), at(100)]).toEqual([
    [1, null],
    [1, null],
    [2, null],
  ]);
});

test('a lookup that is not declared or not given is named', () => {
  const lookups = { rates: referenceTable('rates', []) };
  expect(
    thrownBy(() =>
      call(
        single((_state, context) => context.lookup('rates', 'EUR')),
        {},
        {},
        { lookups },
      ),
    ),
  ).toMatchObject({ code: 'invalid-reference-data', hint: 'declare it: lookups: ["rates"]' });
  expect(thrownBy(() => createWorkerInstance(single(() => 1, { lookups: ['rates'] })))).toMatchObject({
    code: 'invalid-reference-data',
    message: expect.stringContaining('"rates"'),
  });
});

test('the business id of an event is a text or null', () => {
  const worker = (id: () => unknown) => createWorkerInstance(single(() => 1, { deduplicate: { id, window: 5 } }));
  const idOf = (id: () => unknown) => {
    const instance = worker(id);
    return instance.deduplicationId(instance.event(pageOf({}), 0, somePartition));
  };
  expect(idOf(() => 'x')).toBe('x');
  expect(idOf(() => null)).toBeNull();
  expect(thrownBy(() => idOf(() => undefined))).toMatchObject({ code: 'worker-failed' });
  expect(
    thrownBy(() =>
      idOf(() => {
        throw new Error('no id');
      }),
    ),
  ).toMatchObject({ code: 'worker-failed', message: expect.stringContaining('no id') });
  const without = createWorkerInstance(single(() => 1));
  expect(without.deduplicationId(without.event(pageOf({}), 0, somePartition))).toBeNull();
});
