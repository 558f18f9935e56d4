import { expect, test } from 'vitest';
import { createWorkerInstance } from './create-worker-instance.js';
import { defineWorker } from './define-worker.js';
import { pageOf, somePartition, thrownBy } from '../../test/worker-fixtures.js';

function keysOf(keys: () => unknown): readonly string[] {
  const instance = createWorkerInstance(
    defineWorker({ name: 'w', version: '1', keys: keys as never, evolve: () => undefined }),
  );
  return instance.keys(instance.event(pageOf({ value: 1 }), 0, somePartition));
}
function keyOf(key: () => unknown): readonly string[] {
  const instance = createWorkerInstance(defineWorker({ name: 'w', version: '1', key: key as never, evolve: () => 1 }));
  return instance.keys(instance.event(pageOf({ value: 1 }), 0, somePartition));
}

test('repeats go, the order stays', () => {
  expect(keysOf(() => ['b', 'a'])).toEqual(['b', 'a']);
  expect(keysOf(() => ['b', 'b'])).toEqual(['b']);
  expect(keysOf(() => ['c', 'a', 'c', 'b', 'a'])).toEqual(['c', 'a', 'b']);
  expect(keyOf(() => 'x')).toEqual(['x']);
});

test('__proto__ and the empty text are keys like others', () => {
  expect(keysOf(() => ['__proto__', 'constructor', ''])).toEqual(['__proto__', 'constructor', '']);
});

test('the list that the worker gave may be used again by it', () => {
  const list = ['a', 'b', 'c'];
  const keys = keysOf(() => list);
  list[0] = 'z';
  expect(keys).toEqual(['a', 'b', 'c']);
});

test.each([
  ['an empty list', () => [], /keys gave an empty list/],
  ['undefined', () => undefined, /keys gave undefined/],
  ['a text instead of a list', () => 'ab', /keys gave ab/],
  ['a number in the list', () => ['a', 5], /keys gave number 5/],
  ['a hole in a long list', () => ['a', 'b', undefined], /keys gave undefined/],
  ['half a surrogate pair', () => ['a', 'b', '\ud800'], /keys gave/],
])('%s is refused', (_, keys, message) => {
  expect(thrownBy(() => keysOf(keys))).toMatchObject({
    code: 'invalid-event-keys',
    message: expect.stringMatching(message),
  });
});

test('a single key must be a well-formed text', () => {
  expect(thrownBy(() => keyOf(() => undefined))).toMatchObject({
    code: 'invalid-event-keys',
    message: expect.stringContaining('orders[3]@7'),
  });
  expect(thrownBy(() => keyOf(() => '\udc00'))).toMatchObject({
    code: 'invalid-event-keys',
    hint: expect.stringContaining('key: (event) =>') as string,
  });
  expect(thrownBy(() => keysOf(() => []))).toMatchObject({
    hint: expect.stringContaining('keys: (event) =>') as string,
  });
});

test('a throwing key names the event', () => {
  const error = thrownBy(() =>
    keyOf(() => {
      throw new TypeError('no id');
    }),
  );
  expect(error).toMatchObject({
    code: 'worker-failed',
    message: expect.stringMatching(/orders\[3\]@7: key threw TypeError: no id/),
  });
});
