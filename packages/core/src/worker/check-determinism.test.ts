import { expect, test } from 'vitest';
import { pageOf, somePartition, viewOf, type States } from '../../test/worker-fixtures.js';
import { checkDeterminism } from './check-determinism.js';
import { createWorkerInstance } from './create-worker-instance.js';
import { defineWorker } from './define-worker.js';
import type { StatesOfKeys, WorkerContext, WorkerEvent } from './worker.js';

type Evolve = (states: StatesOfKeys<unknown>, event: WorkerEvent<{ n: number }>, context: WorkerContext) => unknown;

function check(evolve: Evolve, states: States = {}) {
  const instance = createWorkerInstance(
    defineWorker<{ n: number }, unknown>({
      name: 'fickle',
      version: '1',
      keys: () => ['a', 'b'],
      evolve: evolve as never,
    }),
  );
  const event = instance.event(pageOf({ value: { n: 1 }, time: 5 }), 0, somePartition);
  return { instance, done: checkDeterminism(instance, event, ['a', 'b'], 5, viewOf(states)) };
}

test('an honest worker passes, and its zeros are not counted', async () => {
  const { instance, done } = check(
    (states, event, context) => {
      states.set('a', { n: event.value.n, zero: -0, random: context.random(), before: states.get('b') ?? null });
      context.emit('o', context.now);
    },
    { b: [1] },
  );
  await done;
  expect(instance.negativeZeros).toBe(0);
});

let calls = 0;
test.each<[what: string, evolve: Evolve, message: RegExp]>([
  [
    'the clock',
    (s) => {
      s.set('a', { deep: [Date.now()] });
    },
    /key "a": at \$\.deep\[0\] one gives \d+, the other \d+/,
  ],
  [
    'a clock that is only compared with',
    (s) => {
      s.set('a', { isLate: Date.now() > Date.UTC(2026, 0, 1) });
    },
    /key "a": at \$\.isLate one gives true, the other false/,
  ],
  [
    'the time of a new date',
    (s) => {
      s.set('a', new Date().getFullYear());
    },
    /key "a": at \$ one gives \d+, the other \d+/,
  ],
  [
    'the hour of the machine',
    (s) => {
      s.set('a', new Date(Date.UTC(2026, 0, 1)).getHours());
    },
    /its result rests on the local time of this machine/,
  ],
  [
    'a local day early in the morning',
    (s) => {
      s.set('a', new Date(Date.UTC(2026, 0, 1, 2)).getDate());
    },
    /its result rests on the local time of this machine/,
  ],
  [
    'a local day',
    (s) => {
      s.set(
        'a',
        [0, 12].map((hour) => new Date(Date.UTC(2026, 0, 1, hour)).toLocaleDateString('en')),
      );
    },
    /its result rests on the local time of this machine/,
  ],
  [
    'Math.random',
    (s) => {
      s.set('b', Math.random());
    },
    /key "b": at \$ one gives 0\./,
  ],
  [
    'a memory of its own',
    (_, __, c) => {
      c.emit('o', calls++);
    },
    /key "a": output "o" is another one/,
  ],
  [
    'a sometimes missing output',
    (_, __, c) => {
      if (calls++ % 2 === 0) c.emit('o', 1);
    },
    /output "o" was emitted in one call and not in the other/,
  ],
  [
    'a sometimes missing write',
    (s) => {
      s.set('a', 1);
      if (calls++ % 2 === 0) s.set('b', 1);
    },
    /key "b": it was written in one call/,
  ],
  [
    'a sometimes deleted state',
    (s) => {
      if (calls++ % 2 === 0) s.set('b', 1);
      else s.delete('b');
    },
    /key "b": it was deleted in one call/,
  ],
  [
    'a sometimes read state',
    (s) => {
      if (calls++ % 2 === 0) s.get('b');
    },
    /key "b": its state was read in one call/,
  ],
  [
    'another order of fields',
    (s) => {
      s.set('a', calls++ % 2 === 0 ? { x: 1, y: 2 } : { y: 2, x: 1 });
    },
    /fields of its state stand in another order/,
  ],
  [
    'a sometimes thrown error',
    () => {
      if (calls++ % 2 === 0) throw new Error('moody');
    },
    /threw in one of two equal calls/,
  ],
])('%s is caught and named', async (_, evolve, message) => {
  await expect(check(evolve).done).rejects.toMatchObject({
    code: 'nondeterministic-worker',
    message: expect.stringMatching(message),
  });
  await expect(check(evolve).done).rejects.toThrow('fickle@1, event orders[3]@7');
});

test('inputs that are changed in place are caught and stay unchanged', async () => {
  const states = { b: { n: [1] } };
  const inState = check((s) => {
    (s.get('b') as { n: number[] }).n.push(2);
  }, states).done;
  await expect(inState).rejects.toMatchObject({
    code: 'input-mutated',
    message: expect.stringMatching(/the state of key "b" in place, at \$\.n\[1\]/),
  });
  expect(states).toEqual({ b: { n: [1] } });
  const inEvent = check((_, event) => {
    event.value.n = 2;
  }).done;
  await expect(inEvent).rejects.toMatchObject({
    code: 'input-mutated',
    message: expect.stringMatching(/value of the event in place, at \$\.n/),
  });
});

test('a worker that always throws is no less deterministic', async () => {
  await expect(
    check(() => {
      throw new Error('always');
    }).done,
  ).rejects.toMatchObject({ code: 'worker-failed', message: expect.stringContaining('always') });
});

test('async handlers are checked as well', async () => {
  await expect(
    check(async (s) => {
      await Promise.resolve();
      s.set('a', Math.random());
    }).done,
  ).rejects.toMatchObject({ code: 'nondeterministic-worker' });
});

test('local time is right where the worker says of which zone', async () => {
  const here = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  const workerOf = (timeZone: string) =>
    defineWorker<{ n: number }, unknown>({
      name: 'local',
      version: '1',
      timeZone,
      keys: () => ['a'],
      evolve: (states, _, { now }) => {
        states.set('a', [new Date(now).getHours(), new Date(now).toLocaleString('en')]);
      },
    });
  const instance = createWorkerInstance(workerOf(here));
  const event = instance.event(pageOf({ value: { n: 1 }, time: 5 }), 0, somePartition);
  await checkDeterminism(instance, event, ['a'], 5, viewOf({}));
  const elsewhere = here === 'Asia/Kathmandu' ? 'Asia/Tokyo' : 'Asia/Kathmandu';
  expect(() => createWorkerInstance(workerOf(elsewhere))).toThrow(
    expect.objectContaining({ code: 'other-time-zone', hint: `start it with TZ=${elsewhere} in the environment` }),
  );
  expect(() => workerOf('Asia/Nowhere')).toThrow(expect.objectContaining({ code: 'invalid-worker' }));
});
