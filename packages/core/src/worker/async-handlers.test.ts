import { expect, test } from 'vitest';
import { callInstance } from '../../test/worker-fixtures.js';
import { createWorkerInstance } from './create-worker-instance.js';
import { defineWorker } from './define-worker.js';
import type { StatesOfKeys, WorkerContext } from './worker.js';

function instanceOf(evolve: (states: StatesOfKeys<number>, context: WorkerContext) => Promise<void> | undefined) {
  return createWorkerInstance(
    defineWorker<unknown, number>({
      name: 'late',
      version: '1',
      keys: () => ['a', 'b'],
      evolve: (states, _, context) => evolve(states, context),
    }),
  );
}
const pause = () => new Promise((resolve) => setImmediate(resolve));

test('an async handler settles with its effects', async () => {
  const instance = instanceOf(async (states, context) => {
    const before = states.get('a') ?? 0;
    await pause();
    states.set('a', before + 1);
    context.emit('o', context.now);
  });
  const pending = callInstance(instance, { time: 3 }, { a: 4 });
  expect(pending).toBeInstanceOf(Promise);
  expect(await pending).toMatchObject({ writes: [{ key: 'a', state: 5 }], outputs: [{ value: 3 }], reads: ['a'] });
});

test('an async single-key handler, and what it may return', async () => {
  const single = (evolve: () => Promise<unknown>) =>
    createWorkerInstance(defineWorker<unknown, unknown>({ name: 's', version: '1', key: () => 'a', evolve }));
  expect(
    await callInstance(
      single(() => Promise.resolve(5)),
      {},
    ),
  ).toMatchObject({ writes: [{ state: 5 }] });
  await expect(
    callInstance(
      single(() => Promise.resolve(undefined)),
      {},
    ),
  ).rejects.toMatchObject({ code: 'invalid-handler-result' });
  await expect(
    callInstance(
      single(() => Promise.resolve(NaN)),
      {},
    ),
  ).rejects.toMatchObject({ code: 'non-json-value' });
});

test('a rejection is an error of the worker, whatever it rejects with', async () => {
  for (const reason of [new Error('later'), 'text', undefined]) {
    // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- handlers reject with anything
    const instance = instanceOf(() => Promise.reject(reason));
    await expect(callInstance(instance, {})).rejects.toMatchObject({
      code: 'worker-failed',
      message: expect.stringContaining('orders[3]@7'),
    });
  }
});

test('an undeclared key after an await is refused', async () => {
  const instance = instanceOf(async (states) => {
    await pause();
    states.get('z');
  });
  await expect(callInstance(instance, {})).rejects.toMatchObject({ code: 'undeclared-key' });
});

test('states and context throw once the call has ended', async () => {
  const late: unknown[] = [];
  const attempt = (use: () => unknown) => {
    try {
      late.push(use());
    } catch (error) {
      late.push((error as { code: string }).code);
    }
  };
  const instance = instanceOf(async (states, context) => {
    void pause()
      .then(pause)
      .then(() => {
        attempt(() => states.get('a'));
        attempt(() => states.set('a', 1));
        attempt(() => states.delete('a'));
        attempt(() => context.emit('o', 1));
        attempt(() => context.random());
        attempt(() => context.lookup('t', 'k'));
      });
    await Promise.resolve();
  });
  await callInstance(instance, {});
  await pause().then(pause).then(pause);
  expect(late).toEqual(Array(6).fill('worker-failed'));
});

test('what an ended call left behind does not reach a later event', async () => {
  let leftBehind: StatesOfKeys<number> | undefined;
  const instance = instanceOf(async (states) => {
    if (leftBehind === undefined) leftBehind = states;
    else {
      await pause();
      expect(() => leftBehind?.set('b', 99)).toThrow(/after its call had ended/);
      states.set('a', 1);
    }
    await pause();
  });
  await callInstance(instance, {});
  expect(await callInstance(instance, {})).toMatchObject({ writes: [{ key: 'a', state: 1 }] });
});

test('after a synchronous call, too', () => {
  let kept: WorkerContext | undefined;
  const instance = instanceOf((_, context) => void (kept = context));
  void callInstance(instance, {});
  expect(() => kept?.emit('o', 1)).toThrow(
    expect.objectContaining({ code: 'worker-failed', hint: expect.stringContaining('await') }) as Error,
  );
});
