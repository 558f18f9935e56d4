import { expect, test } from 'vitest';
import { createWorkerInstance } from './create-worker-instance.js';
import { defineWorker } from './define-worker.js';
import { pageOf, somePartition, thrownBy, type OneEvent } from '../../test/worker-fixtures.js';
import type { Worker, WorkerEvent } from './worker.js';

const plain = defineWorker({ name: 'orders', version: '1', key: () => 'a', evolve: () => 1 });

function eventOf(event: OneEvent, worker: Worker = plain, freeze = false): WorkerEvent {
  const instance = createWorkerInstance(worker);
  instance.freezeInputs(freeze);
  return instance.event(pageOf(event), 0, somePartition);
}

test('an event carries where it stood, and null for what it lacks', () => {
  expect(eventOf({ value: { n: 1 }, offset: 7, time: 12, key: 'k', headers: [['h', 'v']] })).toEqual({
    source: 'shop',
    topic: 'orders',
    incarnation: '',
    partition: 3,
    offset: 7,
    key: 'k',
    time: 12,
    headers: [['h', 'v']],
    value: { n: 1 },
  });
  expect(eventOf({ value: null })).toMatchObject({ key: null, time: null, headers: [], value: null });
});

test('what is not JSON is refused with the reason and the place', () => {
  const error = thrownBy(() => eventOf({ undecodable: 'unexpected end' }));
  expect(error).toMatchObject({
    code: 'undecodable-event',
    message: expect.stringContaining('orders[3]@7: it cannot be decoded: unexpected end'),
  });
  expect(error.details).toMatchObject({ worker: 'orders', event: { topic: 'orders', partition: 3, offset: '7' } });
});

test('a decode of its own gets the bytes, and is not asked for JSON', () => {
  const worker = defineWorker<number, number>({
    name: 'own',
    version: '1',
    key: () => 'a',
    evolve: () => 1,
    decode: (bytes, event) => (bytes === null ? null : bytes.length + event.offset),
  });
  expect(eventOf({ bytes: new Uint8Array(3), undecodable: 'not JSON' }, worker).value).toBe(10);
  expect(eventOf({ bytes: null }, worker).value).toBeNull();
});

test('a decode that throws or gives nothing makes the event undecodable', () => {
  const worker = (decode: () => unknown) =>
    defineWorker({ name: 'own', version: '1', key: () => 'a', evolve: () => 1, decode });
  const cause = new Error('bad magic');
  expect(
    thrownBy(() =>
      eventOf(
        {},
        worker(() => {
          throw cause;
        }),
      ),
    ),
  ).toMatchObject({ code: 'undecodable-event', cause, message: expect.stringContaining('bad magic') });
  expect(
    thrownBy(() =>
      eventOf(
        {},
        worker(() => undefined),
      ),
    ),
  ).toMatchObject({ code: 'undecodable-event', message: expect.stringContaining('returned nothing') });
});

test('upcasters are applied in order, before the keys are asked for', () => {
  const worker = defineWorker<{ name: string }, number>({
    name: 'up',
    version: '1',
    evolve: () => 1,
    key: (event) => event.value.name,
    upcasters: [
      (value) => ({ ...(value as object), step: 1 }),
      (value, event) => ({
        name: `${(value as { step: number }).step}${(event.value as { step: number }).step}@${event.offset}`,
      }),
    ],
  });
  const event = eventOf({ value: {} }, worker);
  expect(event.value).toEqual({ name: '11@7' });
  expect(createWorkerInstance(worker).keys(event)).toEqual(['11@7']);
});

test('an upcaster that throws or gives nothing makes the event undecodable', () => {
  const worker = (upcaster: () => unknown) =>
    defineWorker({
      name: 'up',
      version: '1',
      key: () => 'a',
      evolve: () => 1,
      upcasters: [(value) => value, upcaster],
    });
  expect(
    thrownBy(() =>
      eventOf(
        { value: 1 },
        worker(() => {
          throw new Error('old form');
        }),
      ),
    ),
  ).toMatchObject({
    code: 'undecodable-event',
    message: expect.stringMatching(/upcasters\[1\] threw Error: old form/),
  });
  expect(
    thrownBy(() =>
      eventOf(
        { value: 1 },
        worker(() => undefined),
      ),
    ),
  ).toMatchObject({ code: 'undecodable-event', message: expect.stringMatching(/upcasters\[1\] returned nothing/) });
});

test('frozen inputs are frozen all the way down', () => {
  const event = eventOf({ value: { lines: [{ n: 1 }] } }, plain, true);
  expect(Object.isFrozen(event)).toBe(true);
  expect(Object.isFrozen((event.value as { lines: object[] }).lines[0])).toBe(true);
  expect(Object.isFrozen(eventOf({ value: {} }).value)).toBe(false);
});
