import { expect, expectTypeOf, test } from 'vitest';
import { defineWorker, isWorker } from './define-worker.js';
import { thrownBy } from '../../test/worker-fixtures.js';
import { deleted, type WorkerEvent } from './worker.js';

const base = { name: 'orders', version: '1', key: () => 'a', evolve: () => 1 };
const refused: readonly [what: string, definition: unknown, message: RegExp, hint: RegExp][] = [
  ['nothing', undefined, /not an object/, /one object/],
  ['no name', { ...base, name: '' }, /no name/, /stays the same/],
  ['no version', { ...base, version: undefined }, /no version/, /1\.4\.0/],
  ['a mistyped property', { ...base, evlove: () => 1 }, /unknown property "evlove"/, /did you mean evolve/],
  ['a strange property', { ...base, somethingElse: 1 }, /unknown property/, /known properties: name, version/],
  ['key and keys', { ...base, keys: () => ['a'] }, /both key and keys/, /not both/],
  ['neither key nor keys', { ...base, key: undefined }, /neither key nor keys/, /key:/],
  ['evolve and versions', { ...base, versions: [{ evolve: () => 1 }] }, /both evolve and versions/, /not both/],
  ['neither evolve nor versions', { ...base, evolve: undefined }, /neither evolve nor versions/, /evolve:/],
  ['no versions in the list', { ...base, evolve: undefined, versions: [] }, /versions is not a list/, /./],
  [
    'a version without handler',
    { ...base, evolve: undefined, versions: [{ from: 1 }] },
    /versions\[0\] has no evolve/,
    /./,
  ],
  [
    'a version with a mistyped bound',
    { ...base, evolve: undefined, versions: [{ form: 1, evolve: () => 1 }] },
    /unknown property "form"/,
    /from/,
  ],
  [
    'an empty range',
    { ...base, evolve: undefined, versions: [{ from: 5, until: 5, evolve: () => 1 }] },
    /not a range/,
    /below/,
  ],
  ['a range of NaN', { ...base, evolve: undefined, versions: [{ from: NaN, evolve: () => 1 }] }, /not a range/, /./],
  [
    'overlapping ranges',
    {
      ...base,
      evolve: undefined,
      versions: [
        { from: 5, evolve: () => 1 },
        { until: 6, evolve: () => 1 },
      ],
    },
    /versions\[1\] and versions\[0\] overlap/,
    /until is the first/,
  ],
  ['a handler that is no function', { ...base, evolve: 1 }, /evolve is not a function/, /./],
  ['a locality that is none', { ...base, locality: 'local' }, /locality/, /'partition' or 'global'/],
  ['topics that are no list', { ...base, topics: 'orders' }, /topics is not a list/, /./],
  ['an empty lookup', { ...base, lookups: [''] }, /lookups is not a list/, /./],
  [
    'an output without a kind',
    { ...base, outputs: { sent: {} } },
    /output "sent" has no known kind/,
    /event, latest, delta, effect/,
  ],
  [
    'a retract that is no function',
    { ...base, outputs: { sent: { kind: 'event', retract: 1 } } },
    /outputs\.sent\.retract/,
    /./,
  ],
  [
    'reveals that is no list',
    { ...base, outputs: { sent: { kind: 'event', reveals: {} } } },
    /outputs\.sent\.reveals is not a list/,
    /fields/,
  ],
  [
    'a revelation with a mistyped property',
    { ...base, outputs: { sent: { kind: 'event', reveals: [{ field: {} }] } } },
    /reveals\[0\] has an unknown property "field"/,
    /key, fields, within/,
  ],
  [
    'a revelation without fields',
    { ...base, outputs: { sent: { kind: 'event', reveals: [{ fields: { a: 1 } }] } } },
    /reveals\[0\]\.fields/,
    /path in the state/,
  ],
  [
    'a rounding of a field that is not revealed',
    { ...base, outputs: { sent: { kind: 'event', reveals: [{ fields: { a: 'x' }, within: { b: 0.5 } }] } } },
    /within names "b"/,
    /within/,
  ],
  [
    'a rounding below zero',
    { ...base, outputs: { sent: { kind: 'event', reveals: [{ fields: { a: 'x' }, within: { a: -1 } }] } } },
    /reveals\[0\]\.within/,
    /./,
  ],
  [
    'a mistyped property of an output',
    { ...base, outputs: { sent: { kind: 'event', volatil: ['at'] } } },
    /output "sent" has an unknown property "volatil"/,
    /kind, retract, reveals, volatile/,
  ],
  [
    'volatile fields that are no paths',
    { ...base, outputs: { sent: { kind: 'event', volatile: ['a..b'] } } },
    /outputs\.sent\.volatile is not a list of paths/,
    /sentAt/,
  ],
  [
    'a volatile field of one item of a list',
    { ...base, outputs: { sent: { kind: 'event', volatile: ['lines.0.id'] } } },
    /outputs\.sent\.volatile is not a list of paths/,
    /to each item/,
  ],
  [
    'a volatile field of each item, one of which reveals a state',
    {
      ...base,
      outputs: { sent: { kind: 'event', volatile: ['lines.id'], reveals: [{ fields: { a: 'lines.0.id' } }] } },
    },
    /volatile names "lines\.id"/,
    /another one each time/,
  ],
  [
    'a volatile field that reveals a state',
    { ...base, outputs: { sent: { kind: 'event', volatile: ['sum'], reveals: [{ fields: { a: 'sum.total' } }] } } },
    /volatile names "sum"/,
    /leave it out of one/,
  ],
  ['upcasters that are no list', { ...base, upcasters: () => 1 }, /upcasters is not a list/, /./],
  ['a state version of zero', { ...base, stateVersion: 0 }, /stateVersion/, /./],
  [
    'a migration beyond the version',
    { ...base, stateVersion: 2, migrations: { 1: () => 1, 2: () => 1 } },
    /migrations\[2\] leads beyond stateVersion 2/,
    /stateVersion to 3/,
  ],
  [
    'a gap in the migrations',
    { ...base, stateVersion: 4, migrations: { 1: () => 1, 3: () => 1 } },
    /migrations\[2\] is missing/,
    /could not reach/,
  ],
  [
    'a migration that ends too early',
    { ...base, stateVersion: 3, migrations: { 1: () => 1 } },
    /migrations\[2\] is missing/,
    /./,
  ],
  [
    'a migration from no version',
    { ...base, stateVersion: 3, migrations: { one: () => 1 } },
    /migrations\["one"\]/,
    /./,
  ],
  ['half a codec', { ...base, codec: { encode: () => 1 } }, /codec/, /decode/],
  [
    'an invariant that is no function',
    { ...base, invariants: { positive: true } },
    /invariants\.positive is not a function/,
    /./,
  ],
  ['a measure that is no function', { ...base, measures: { total: 1 } }, /measures\.total is not a function/, /./],
  [
    'a window of zero',
    { ...base, deduplicate: { id: () => 'x', window: 0 } },
    /deduplicate\.window/,
    /number of events/,
  ],
  ['a deduplication without id', { ...base, deduplicate: { window: 5 } }, /deduplicate has no id/, /./],
];

test.each(refused)('refuses %s', (_, definition, message, hint) => {
  const error = thrownBy(() => defineWorker(definition as never));
  expect(error).toMatchObject({
    code: 'invalid-worker',
    message: expect.stringMatching(message),
    hint: expect.stringMatching(hint),
  });
});

test('takes every property that the type names', () => {
  const worker = defineWorker<{ n: number }, number>({
    name: 'all',
    version: '1',
    topics: ['a'],
    locality: 'partition',
    initial: () => 0,
    key: (event) => event.key ?? '',
    versions: [
      { until: 5, evolve: (state) => state },
      { from: 5, evolve: (state, event) => state + event.value.n },
    ],
    outputs: { total: { kind: 'latest', retract: () => null } },
    decode: () => ({ n: 1 }),
    upcasters: [(value) => value],
    stateVersion: 2,
    migrations: { 1: (state) => state },
    codec: { encode: (state) => state, decode: (json) => json as number },
    invariants: { positive: (state) => state >= 0 },
    measures: { total: (state) => state },
    normalise: (state) => state,
    lookups: ['rates'],
    deduplicate: { id: () => null, window: 5 },
  });
  expect(worker.name).toBe('all');
  expect(isWorker(worker)).toBe(true);
});

test('a worker cannot be changed, and is not what it was made of', () => {
  const definition = { ...base };
  const worker = defineWorker(definition);
  definition.name = 'changed';
  expect(worker.definition).toMatchObject({ name: 'orders' });
  expect(() => Object.assign(worker, { name: 'x' })).toThrow(TypeError);
  expect(() => Object.assign(worker.definition, { name: 'x' })).toThrow(TypeError);
  expect(isWorker({ ...base })).toBe(false);
  expect(isWorker(null)).toBe(false);
});

test('a worker of another copy of the package is known by its mark', () => {
  expect(isWorker({ [Symbol.for('eventmend.Worker')]: true })).toBe(true);
});

test('types: states are told by initial, and may be missing without it', () => {
  defineWorker({
    name: 'told',
    version: '1',
    key: (event: WorkerEvent<{ n: number }>) => String(event.value.n),
    initial: () => ({ sum: 0 }),
    evolve(state, event) {
      expectTypeOf(state).toEqualTypeOf<{ sum: number }>();
      expectTypeOf(event.value).toEqualTypeOf<{ n: number }>();
      return event.value.n < 0 ? deleted : { sum: state.sum + event.value.n };
    },
  });
  defineWorker<{ n: number }, { sum: number }>({
    name: 'missing',
    version: '1',
    keys: (event) => [String(event.value.n)],
    evolve(states) {
      expectTypeOf(states.get('a')).toEqualTypeOf<{ sum: number } | undefined>();
    },
  });
  defineWorker<{ n: number }, { sum: number }>({
    name: 'returns',
    version: '1',
    // @ts-expect-error a single-key handler returns a state
    key: () => 'a',
    evolve: () => undefined,
  });
});
