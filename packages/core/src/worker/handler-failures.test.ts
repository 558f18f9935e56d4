import { expect, test } from 'vitest';
import { ab, call, callInstance, many, pageOf, single, somePartition, thrownBy } from '../../test/worker-fixtures.js';
import { RecoveryError } from '../model/errors/recovery-error.js';
import { createWorkerInstance } from './create-worker-instance.js';

test('effects of one call do not leak into the next, whatever its size', () => {
  const instance = createWorkerInstance(
    many((states, context) => {
      for (const key of ['a', 'b']) {
        try {
          states.set(key, states.get(key) ?? 0);
          context.emit('o', key);
        } catch {
          /* not in this event */
        }
      }
    }),
  );
  expect(callInstance(instance, ab)).toMatchObject({ reads: ['a', 'b'], writes: [{}, {}], outputs: [{}, {}] });
  expect(thrownBy(() => callInstance(instance, { value: { keys: ['a'] } }))).toMatchObject({ code: 'undeclared-key' });
  const third = callInstance(instance, ab, { b: 7 });
  expect(third).toMatchObject({
    writes: [
      { key: 'a', state: 0 },
      { key: 'b', state: 7 },
    ],
  });
});

test('a forgotten return is named', () => {
  const error = thrownBy(() =>
    call(
      single(() => undefined),
      {},
    ),
  );
  expect(error).toMatchObject({
    code: 'invalid-handler-result',
    message: expect.stringContaining('one@2, event orders[3]@7: evolve returned nothing for key "a"'),
    hint: expect.stringContaining('deleted'),
  });
  expect(
    thrownBy(() =>
      call(
        many((states) => states.set('a', undefined)),
        ab,
      ),
    ),
  ).toMatchObject({ code: 'invalid-handler-result', hint: expect.stringContaining('states.delete') });
});

test('what a handler of many keys returns would be lost', () => {
  expect(
    thrownBy(() =>
      call(
        many(() => ({ n: 1 })),
        ab,
      ),
    ),
  ).toMatchObject({ code: 'invalid-handler-result', hint: expect.stringContaining('states.set') });
});

test('a thrown error names worker, event and keys, keeps its cause, and undoes the call', () => {
  const cause = new Error('no such order');
  const instance = createWorkerInstance(
    many((states, context) => {
      states.set('a', 1);
      context.emit('o', 1);
      throw cause;
    }),
  );
  const error = thrownBy(() => callInstance(instance, ab));
  expect(error).toMatchObject({
    code: 'worker-failed',
    cause,
    message: 'worker many@2, event orders[3]@7: it threw Error: no such order (keys "a", "b")',
    details: {
      worker: 'many',
      version: '2',
      event: { source: 'shop', topic: 'orders', incarnation: '', partition: 3, offset: '7' },
      keys: ['a', 'b'],
    },
  });
});

test.each([
  ['text', 'text'],
  ['undefined', undefined],
  ['null', null],
  ['5', 5],
  ['Symbol(x)', Symbol('x')],
  ['has no text', Object.create(null)],
])('a handler that throws %s is described', (text, thrown) => {
  const error = thrownBy(() =>
    call(
      single(() => {
        throw thrown;
      }),
      {},
    ),
  );
  expect(error).toMatchObject({ code: 'worker-failed', message: expect.stringContaining(text) });
});

test("what the store throws while it is read is not the handler's fault, even when swallowed", () => {
  const full = new RecoveryError('disk-write-failed', 'disk full');
  const instance = createWorkerInstance(
    many((states) => {
      try {
        states.get('a');
      } catch {
        /* hidden */
      }
    }),
  );
  const event = instance.event(pageOf(ab), 0, somePartition);
  expect(
    thrownBy(() =>
      instance.invoke(event, ['a'], 0, {
        read: () => {
          throw full;
        },
      }),
    ),
  ).toBe(full);
});
