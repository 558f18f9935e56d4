import { expect, test } from 'vitest';
import { call, callInstance, pageOf, somePartition, thrownBy } from '../../test/worker-fixtures.js';
import { RecoveryError } from '../errors/recovery-error.js';
import { createWorkerInstance } from './create-worker-instance.js';
import { defineWorker } from './define-worker.js';
import { referenceTable } from './reference-data.js';
import type { HandlerEffects } from './worker-instance.js';
import { deleted, type StatesOfKeys, type WorkerContext } from './worker.js';

interface Many {
  readonly keys: string[];
}

/** A worker of many keys whose events say themselves which. */
function many(evolve: (states: StatesOfKeys<unknown>, context: WorkerContext) => unknown, more: object = {}) {
  return defineWorker<Many, unknown>({
    name: 'many',
    version: '2',
    keys: (event) => event.value.keys,
    evolve: (states, _, context) => evolve(states, context) as undefined,
    ...more,
  });
}
function single(evolve: (state: unknown, context: WorkerContext) => unknown, more: object = {}) {
  return defineWorker<unknown, unknown>({
    name: 'one',
    version: '2',
    key: () => 'a',
    evolve: (state, _, context) => evolve(state, context),
    ...more,
  });
}
const ab = { value: { keys: ['a', 'b'] } };

test('writes, outputs and reads in the order of their first mention', () => {
  const worker = many((states, context) => {
    states.set('b', { n: 1 });
    states.get('a');
    states.set('a', { n: 2 });
    states.set('b', { n: 3 });
    states.get('b');
    context.emit('done', [1], { key: 'other', id: 'x-1' });
    context.emit('done', 'two');
  });
  expect(call(worker, ab)).toEqual({
    writes: [
      { key: 'b', state: { n: 3 } },
      { key: 'a', state: { n: 2 } },
    ],
    outputs: [
      { output: 'done', key: 'other', businessId: 'x-1', text: '[1]' },
      { output: 'done', key: 'a', businessId: null, text: '"two"' },
    ],
    reads: ['a'],
  });
});

test('a state that was not written stays; one that was only read is a read', () => {
  expect(
    call(
      many((states) => void states.get('b')),
      ab,
      { b: 5 },
    ),
  ).toEqual({ writes: [], outputs: [], reads: ['b'] });
});

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
  expect(thrownBy(() => callInstance(instance, { value: { keys: ['a'] } }))).toMatchObject({ code: 'EM3005' });
  const third = callInstance(instance, ab, { b: 7 });
  expect(third).toMatchObject({
    writes: [
      { key: 'a', state: 0 },
      { key: 'b', state: 7 },
    ],
  });
});

test('a single-key handler gets the state and returns the next', () => {
  expect(
    call(
      single((state) => ({ n: (state as { n: number }).n + 1 })),
      {},
      { a: { n: 4 } },
    ),
  ).toEqual({
    writes: [{ key: 'a', state: { n: 5 } }],
    outputs: [],
    reads: ['a'],
  });
  expect(
    call(
      single((state) => [state === undefined]),
      {},
    ).writes,
  ).toEqual([{ key: 'a', state: [true] }]);
  expect(
    call(
      single(() => null),
      {},
    ).writes,
  ).toEqual([{ key: 'a', state: null }]);
});

test('deletion is an explicit value', () => {
  expect(
    call(
      single(() => deleted),
      {},
      { a: 1 },
    ).writes,
  ).toEqual([{ key: 'a', state: undefined }]);
  const worker = many(
    (states, context) => {
      states.delete('a');
      context.emit('seen', states.get('a'));
      states.delete('b');
      states.set('b', 9);
    },
    { initial: () => 42 },
  );
  expect(call(worker, ab, { a: 1, b: 2 })).toMatchObject({
    writes: [
      { key: 'a', state: undefined },
      { key: 'b', state: 9 },
    ],
    outputs: [{ text: '42' }],
    reads: [],
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
    code: 'EM3009',
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
  ).toMatchObject({ code: 'EM3009', hint: expect.stringContaining('states.delete') });
});

test('what a handler of many keys returns would be lost', () => {
  expect(
    thrownBy(() =>
      call(
        many(() => ({ n: 1 })),
        ab,
      ),
    ),
  ).toMatchObject({ code: 'EM3009', hint: expect.stringContaining('states.set') });
});

test('the initial state is made for the key, read as such, and not stored by itself', () => {
  const initial = (key: string) => ({ key });
  expect(
    call(
      many((states, context) => context.emit('o', states.get('b')), { initial }),
      ab,
    ),
  ).toMatchObject({
    writes: [],
    outputs: [{ text: '{"key":"b"}' }],
    reads: ['b'],
  });
  const same: unknown[] = [];
  call(
    many(
      (states) => {
        same.push(states.get('a'), states.get('a'));
      },
      { initial },
    ),
    ab,
  );
  expect(same[0]).toBe(same[1]);
  expect(same[0]).toEqual({ key: 'a' });
});

test.each([['get'], ['set'], ['delete']] as const)(
  '%s of a key that the event does not name is refused, even when swallowed',
  (operation) => {
    const worker = many((states) => {
      try {
        states[operation]('z', 1);
      } catch {
        /* hidden */
      }
      states.set('a', 1);
    });
    const error = thrownBy(() => call(worker, ab));
    expect(error).toMatchObject({
      code: 'EM3005',
      message: expect.stringContaining('key "z", which the event does not name (it names "a", "b")'),
    });
    expect(error.details).toMatchObject({ keys: ['z'], event: { offset: '7' } });
  },
);

test('many keys are found by index, with the same rules', () => {
  const keys = Array.from({ length: 40 }, (_, index) => `k${index}`);
  const worker = many((states) => {
    for (const key of keys) states.set(key, key);
  });
  expect(call(worker, { value: { keys } }).writes).toHaveLength(40);
  expect(
    thrownBy(() =>
      call(
        many((states) => states.get('z')),
        { value: { keys } },
      ),
    ),
  ).toMatchObject({ code: 'EM3005' });
});

test('__proto__ is a key like any other, and a field like any other', () => {
  const state = JSON.parse('{"__proto__":{"evil":1},"n":2}') as unknown;
  const effects = call(
    many((states) => states.set('__proto__', states.get('__proto__'))),
    { value: { keys: ['__proto__'] } },
    JSON.parse(`{"__proto__":${JSON.stringify(state)}}`) as never,
  );
  expect(effects.reads).toEqual(['__proto__']);
  expect(JSON.stringify(effects.writes[0]?.state)).toBe('{"__proto__":{"evil":1},"n":2}');
});

const levels = (depth: number) => JSON.parse('['.repeat(depth) + ']'.repeat(depth)) as unknown;

test.each([
  ['NaN', { total: NaN }, '$.total', /NaN/],
  ['undefined', { a: [undefined] }, '$.a[0]', /undefined/],
  ['a Date', { when: new Date(0) }, '$.when', /Date/],
  ['1,001 levels', levels(1001), '$[0]', /1000 levels/],
  ['an accessor', Object.defineProperty({}, 'x', { get: () => 1, enumerable: true }), '$.x', /getter/],
  ['a symbol key', { [Symbol('s')]: 1 }, '$[Symbol(s)]', /symbol/],
])('a state with %s is refused with its path', (_, state, path, reason) => {
  const error = thrownBy(() =>
    call(
      single(() => state),
      {},
    ),
  );
  expect(error).toMatchObject({ code: 'EM3004', message: expect.stringMatching(reason), details: { keys: ['a'] } });
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
    code: 'EM3004',
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
  expect(emit('out', undefined)).toMatchObject({ code: 'EM3004', message: expect.stringContaining('undefined') });
  expect(emit('', 1)).toMatchObject({ code: 'EM3004' });
  expect(emit(undefined, 1)).toMatchObject({ code: 'EM3004' });
  expect(emit('out', 1, { key: 5 })).toMatchObject({ code: 'EM3004', message: expect.stringContaining('key') });
  expect(emit('out', 1, { key: '\ud800' })).toMatchObject({ code: 'EM3004' });
  expect(emit('out', 1, { id: 5 })).toMatchObject({ code: 'EM3004', message: expect.stringContaining('id') });
});

test('an output is what it was when it was emitted', () => {
  const worker = single((_state, context) => {
    const value = { n: 1 };
    context.emit('out', value);
    value.n = 2;
    return value;
  });
  expect(call(worker, {})).toMatchObject({ outputs: [{ text: '{"n":1}' }], writes: [{ state: { n: 2 } }] });
});

test('a state is checked as it is when the call ends', () => {
  const worker = many((states) => {
    const state: { n: number } = { n: 1 };
    states.set('a', state);
    state.n = NaN;
  });
  expect(thrownBy(() => call(worker, ab))).toMatchObject({ code: 'EM3004' });
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
  expect(JSON.stringify(effects)).toContain('"text":"[0]"');
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
    code: 'EM3002',
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
  expect(error).toMatchObject({ code: 'EM3002', message: expect.stringContaining(text) });
});

test("what the store throws while it is read is not the handler's fault, even when swallowed", () => {
  const full = new RecoveryError('EM4007', 'disk full');
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
      code: 'EM3012',
      message: expect.stringContaining(new Date(time).toISOString()),
    });
  }
});

test('the context gives time and replay status, and its functions stand alone', () => {
  const worker = single((_state, { now, replaying, emit, random }) => {
    emit('o', { now, replaying });
    return random() < 1;
  });
  expect(call(worker, { time: 55 }).outputs[0]?.text).toBe('{"now":55,"replaying":true}');
  expect(call(worker, { time: 55 }, {}, { replaying: false }).outputs[0]?.text).toBe('{"now":55,"replaying":false}');
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
  ).toMatchObject({ code: 'EM3002' });
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
  ).toMatchObject({ code: 'EM3014', hint: 'declare it: lookups: ["rates"]' });
  expect(thrownBy(() => createWorkerInstance(single(() => 1, { lookups: ['rates'] })))).toMatchObject({
    code: 'EM3014',
    message: expect.stringContaining('"rates"'),
  });
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
  ).toMatchObject({ code: 'EM3004', message: expect.stringContaining('$.at') });
  expect(
    thrownBy(() =>
      call(
        codec(() => {
          throw new Error('broken');
        }),
        {},
      ),
    ),
  ).toMatchObject({ code: 'EM3002', message: expect.stringContaining('broken') });
});

test('the business id of an event is a text or null', () => {
  const worker = (id: () => unknown) => createWorkerInstance(single(() => 1, { deduplicate: { id, window: 5 } }));
  const idOf = (id: () => unknown) => {
    const instance = worker(id);
    return instance.deduplicationId(instance.event(pageOf({}), 0, somePartition));
  };
  expect(idOf(() => 'x')).toBe('x');
  expect(idOf(() => null)).toBeNull();
  expect(thrownBy(() => idOf(() => undefined))).toMatchObject({ code: 'EM3002' });
  expect(
    thrownBy(() =>
      idOf(() => {
        throw new Error('no id');
      }),
    ),
  ).toMatchObject({ code: 'EM3002', message: expect.stringContaining('no id') });
  const without = createWorkerInstance(single(() => 1));
  expect(without.deduplicationId(without.event(pageOf({}), 0, somePartition))).toBeNull();
});
