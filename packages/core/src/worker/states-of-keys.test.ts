import { expect, test } from 'vitest';
import { ab, call, many, single, thrownBy } from '../../test/worker-fixtures.js';
import { deleted } from './worker.js';

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
      { output: 'done', key: 'other', businessId: 'x-1', value: [1] },
      { output: 'done', key: 'a', businessId: null, value: 'two' },
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
    outputs: [{ value: 42 }],
    reads: [],
  });
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
    outputs: [{ value: { key: 'b' } }],
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
      code: 'undeclared-key',
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
  ).toMatchObject({ code: 'undeclared-key' });
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
