import { expect, test } from 'vitest';
import { ab, call, callInstance, many, single, thrownBy } from '../../test/worker-fixtures.js';
import { createWorkerInstance } from './create-worker-instance.js';
import { defineWorker } from './define-worker.js';

const cycle: { self?: unknown } = {};
cycle.self = cycle;
const levels = (depth: number) => JSON.parse('['.repeat(depth) + ']'.repeat(depth)) as unknown;

test.each([
  ['NaN', { total: NaN }, '$.total', /NaN/],
  ['undefined', { a: [undefined] }, '$.a[0]', /undefined/],
  ['a Date', { when: new Date(0) }, '$.when', /Date/],
  ['1,001 levels', levels(1001), '$[0]', /1000 levels/],
  ['a cycle', cycle, '$.self', /cycle/],
  ['an accessor', Object.defineProperty({}, 'x', { get: () => 1, enumerable: true }), '$.x', /getter/],
  ['a symbol key', { [Symbol('s')]: 1 }, '$[Symbol(s)]', /symbol/],
])('a state with %s is refused with its path', (_, state, path, reason) => {
  const error = thrownBy(() =>
    call(
      single(() => state),
      {},
    ),
  );
  expect(error).toMatchObject({
    code: 'non-json-value',
    message: expect.stringMatching(reason),
    details: { keys: ['a'] },
  });
  expect(error.message).toContain(`key "a" has at ${path}`);
  expect(
    thrownBy(() =>
      call(
        single((_state, context) => {
          context.emit('out', state);
          return 1;
        }),
        {},
      ),
    ),
  ).toMatchObject({
    code: 'non-json-value',
    message: expect.stringContaining(`output "out": its value has at ${path}`),
  });
});

test('an output must have a value, a name and well-formed texts', () => {
  const emit = (...given: unknown[]) =>
    thrownBy(() =>
      call(
        single((_state, context) => {
          (context.emit as (...all: unknown[]) => void)(...given);
          return 1;
        }),
        {},
      ),
    );
  expect(emit('out', undefined)).toMatchObject({
    code: 'non-json-value',
    message: expect.stringContaining('undefined'),
  });
  expect(emit('', 1)).toMatchObject({ code: 'non-json-value' });
  expect(emit(undefined, 1)).toMatchObject({ code: 'non-json-value' });
  expect(emit('out', 1, { key: 5 })).toMatchObject({ code: 'non-json-value', message: expect.stringContaining('key') });
  expect(emit('out', 1, { key: '\ud800' })).toMatchObject({ code: 'non-json-value' });
  expect(emit('out', 1, { id: 5 })).toMatchObject({ code: 'non-json-value', message: expect.stringContaining('id') });
});

test('an output is what it was when it was emitted', () => {
  const worker = single((_state, context) => {
    const value = { n: 1 };
    context.emit('out', value);
    value.n = 2;
    return value;
  });
  expect(call(worker, {})).toMatchObject({ outputs: [{ value: { n: 1 } }], writes: [{ state: { n: 2 } }] });
});

test('a state is checked as it is when the call ends', () => {
  const worker = many((states) => {
    const state: { n: number } = { n: 1 };
    states.set('a', state);
    state.n = NaN;
  });
  expect(thrownBy(() => call(worker, ab))).toMatchObject({ code: 'non-json-value' });
});

test('-0 becomes 0 in states and outputs and is counted, for calls that succeed', () => {
  const instance = createWorkerInstance(
    single((_state, context) => {
      context.emit('out', [-0]);
      return { deep: [-0, { n: -0 }], n: 1 };
    }),
  );
  const effects = callInstance(instance, {}) as unknown as { writes: { state: { deep: unknown[] } }[] };
  expect(Object.is((effects.writes[0]?.state.deep as number[])[0], 0)).toBe(true);
  expect(JSON.stringify(effects)).toContain('"value":[0]');
  expect(instance.negativeZeros).toBe(3);
  const failing = createWorkerInstance(
    single((_state, context) => {
      context.emit('out', -0);
      throw new Error('no');
    }),
  );
  thrownBy(() => callInstance(failing, {}));
  expect(failing.negativeZeros).toBe(0);
});

test('a codec stands between the handler and what is stored', () => {
  const worker = defineWorker<unknown, Map<string, number>>({
    name: 'codec',
    version: '1',
    key: () => 'a',
    initial: () => new Map(),
    codec: { encode: (state) => [...state], decode: (json) => new Map(json as [string, number][]) },
    evolve: (state) => new Map(state).set('n', (state.get('n') ?? 0) + 1),
  });
  expect(call(worker, {}).writes).toEqual([{ key: 'a', state: [['n', 1]] }]);
  expect(
    call(
      worker,
      {},
      {
        a: [
          ['n', 4],
          ['m', 1],
        ],
      },
    ).writes,
  ).toEqual([
    {
      key: 'a',
      state: [
        ['n', 5],
        ['m', 1],
      ],
    },
  ]);
  expect(createWorkerInstance(worker).decodeState([['x', 1]])).toEqual(new Map([['x', 1]]));
  expect(createWorkerInstance(single(() => 1)).decodeState(5)).toBe(5);
});

test("what the codec writes must be plain, and a codec that throws is the worker's fault", () => {
  const codec = (encode: (state: unknown) => unknown) =>
    single(() => 1, { codec: { encode, decode: (json: unknown) => json } });
  expect(
    thrownBy(() =>
      call(
        codec(() => ({ at: new Date(0) })),
        {},
      ),
    ),
  ).toMatchObject({ code: 'non-json-value', message: expect.stringContaining('$.at') });
  expect(
    thrownBy(() =>
      call(
        codec(() => {
          throw new Error('broken');
        }),
        {},
      ),
    ),
  ).toMatchObject({ code: 'worker-failed', message: expect.stringContaining('broken') });
});

test('a hidden part is found among the first values at once, and later before long', () => {
  let plain = true;
  const worker = single(() => (plain ? { n: 1 } : Object.defineProperty({ n: 1 }, 'hidden', { value: 1 })));
  const fresh = createWorkerInstance(worker);
  plain = false;
  expect(thrownBy(() => callInstance(fresh, {}))).toMatchObject({ code: 'non-json-value' });
  const busy = createWorkerInstance(worker);
  plain = true;
  for (let event = 0; event < 1100; event++) void callInstance(busy, {});
  plain = false;
  let unnoticed = 0;
  const error = thrownBy(() => {
    for (; unnoticed < 1024; unnoticed++) void callInstance(busy, {});
  });
  expect(error).toMatchObject({ code: 'non-json-value', message: expect.stringContaining('hidden') as string });
  expect(unnoticed).toBeGreaterThan(0);
});
