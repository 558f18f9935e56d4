import { runInNewContext } from 'node:vm';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { explainNotPlain } from './explain-not-plain.js';
import { countNegativeZeros, hasHiddenParts, notPlainJson } from './plain-json.js';

class Money {
  amount = 1;
}
class List extends Array<number> {}
const cycle: { self?: unknown } = {};
cycle.self = { inner: [cycle] };
const nested = (depth: number): unknown => JSON.parse('{"a":'.repeat(depth) + '1' + '}'.repeat(depth));

const notPlain: readonly [what: string, value: unknown, path: string, reason: RegExp][] = [
  ['undefined', undefined, '$', /undefined/],
  ['a function', { f: () => 1 }, '$.f', /function/],
  ['a symbol', [Symbol('x')], '$[0]', /symbol/],
  ['a BigInt', { a: { b: 1n } }, '$.a.b', /BigInt/],
  ['NaN', NaN, '$', /NaN/],
  ['Infinity', [1, Infinity], '$[1]', /Infinity/],
  ['-Infinity', { 'two words': -Infinity }, '$["two words"]', /-Infinity/],
  ['2^53', 2 ** 53, '$', /2\^53/],
  ['-2^53', -(2 ** 53), '$', /2\^53/],
  ['a missing element', { a: [1, , 2] }, '$.a[1]', /missing element/], // eslint-disable-line no-sparse-arrays
  ['a Date', { when: new Date(0) }, '$.when', /Date/],
  ['a Map', new Map([[1, 2]]), '$', /a Map/],
  ['a Set', { s: new Set() }, '$.s', /a Set/],
  ['a class instance', { price: new Money() }, '$.price', /Money/],
  ['a list of a class of its own', List.of(1), '$', /array of a class/],
  ['bytes', new Uint8Array(1), '$', /Uint8Array/],
  ['an object without prototype', Object.create(null), '$', /without a prototype/],
  ['an error', new Error('x'), '$', /Error/],
  ['a boxed number', Object(1), '$', /Number/],
  [
    'an instance of a class without a name',
    new (class {
      n = 1;
    })(),
    '$',
    /object of class/,
  ],
  ['a cycle', cycle, '$.self.inner[0]', /cycle/],
  ['1,001 levels', nested(1001), '$.a', /deeper than 1000/],
];

const hidden: readonly [what: string, value: unknown, path: string, reason: RegExp][] = [
  ['a symbol key', { a: { [Symbol('s')]: 1 } }, '$.a[Symbol(s)]', /symbol key/],
  [
    'an accessor',
    {
      get x() {
        return 1;
      },
    },
    '$.x',
    /getter/,
  ],
  ['a hidden property', Object.defineProperty({ a: 1 }, 'h', { value: 1 }), '$.h', /hidden/],
  ['a named property of a list', { l: Object.assign([1], { extra: 2 }) }, '$.l.extra', /named property/],
  ['an object that inherits from a plain one', Object.create({}), '$', /object of Object/],
];

test.each(notPlain)('%s is seen at once, and explained', (_, value, path, reason) => {
  expect(countNegativeZeros(value)).toBe(notPlainJson);
  const finding = explainNotPlain(value);
  expect(finding?.path).toMatch(path.startsWith('$.a') && String(finding?.reason).includes('deeper') ? /^\$\.a/ : '');
  expect(finding?.path.startsWith(path)).toBe(true);
  expect(finding?.reason).toMatch(reason);
});

test.each(hidden)('%s is seen by the close look, and explained', (_, value, path, reason) => {
  expect(hasHiddenParts(value)).toBe(true);
  expect(explainNotPlain(value)).toMatchObject({ path, reason: expect.stringMatching(reason) as string });
});

test.each<[what: string, value: unknown, zeros: number]>([
  ['scalars', ['', 'a', true, false, null, 1.5, 1e-320, 2 ** 53 - 1, 1 - 2 ** 53], 0],
  ['nested data', { a: [{ b: [[]], c: {} }], '': 1 }, 0],
  ['1,000 levels', nested(1000), 0],
  ['half a surrogate pair in a text', '\ud800', 0],
  ['an own __proto__ field', JSON.parse('{"__proto__":{"x":1},"a":2}'), 0],
  ['an own constructor field', { constructor: 'Ford', n: 1 }, 0],
  ['the same object twice', ((shared) => [shared, shared])({ n: 1 }), 0],
  ['minus zeros', { a: -0, b: [-0, 0, { c: -0 }] }, 3],
  ['one minus zero', -0, 1],
  ['the least exact integer', 1 - 2 ** 53, 0],
  ['the greatest exact integer', 2 ** 53 - 1, 0],
  ['a field with either', { least: 1 - 2 ** 53, greatest: 2 ** 53 - 1 }, 0],
  ['a frozen object', Object.freeze({ a: 1 }), 0],
])('%s pass', (_, value, zeros) => {
  expect(countNegativeZeros(value)).toBe(zeros);
  expect(hasHiddenParts(value)).toBe(false);
  expect(explainNotPlain(value)).toBeNull();
});

test('an object of another realm is refused, with an explanation', () => {
  const foreign = runInNewContext('({ a: 1 })') as object;
  expect(countNegativeZeros(foreign)).toBe(notPlainJson);
  expect(explainNotPlain(foreign)).not.toBeNull();
});

test('100,000 levels are refused without a stack overflow', () => {
  let deep: unknown = 1;
  for (let level = 0; level < 100_000; level++) deep = level % 2 === 0 ? [deep] : { a: deep };
  expect(countNegativeZeros(deep)).toBe(notPlainJson);
  const finding = explainNotPlain(deep);
  expect(finding?.reason).toContain('1000 levels');
  expect(finding?.path.length).toBeLessThanOrEqual(80);
});

/** Whatever a handler might put into a state, plain or not. */
const anything = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.boolean(),
      fc.constant(null),
      fc.integer(),
      fc.double(),
      fc.constantFrom(-0, 2 ** 53, -(2 ** 53) - 2, 2 ** 53 - 1),
    ),
    fc.oneof(
      fc.constant(undefined),
      fc.bigInt(),
      fc.date(),
      fc.func(fc.integer()),
      fc.constant(Symbol('s')),
      fc.constant(new Map()),
      fc.constant(new Money()),
      fc.constant(Object.defineProperty({}, 'hidden', { value: 1 })),
      fc.constant(Object.create(null)),
    ),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.sparseArray(tie('value'), { maxLength: 4 }),
    fc.dictionary(
      fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'toJSON', 'length')),
      tie('value'),
      { maxKeys: 4 },
    ),
  ),
})).value;

/** The rule itself: JSON gives the same back, and numbers stay where integers are exact. -0 is allowed for. */
function survivesJson(value: unknown): boolean {
  let text: string | undefined;
  try {
    text = JSON.stringify(value, (_, inner: unknown) => {
      if (typeof inner === 'number' && Math.abs(inner) > Number.MAX_SAFE_INTEGER) throw new Error('unsafe');
      return inner;
    });
  } catch {
    return false;
  }
  return text !== undefined && isDeepStrictEqual(JSON.parse(text), withoutMinusZero(value));
}

function withoutMinusZero(value: unknown): unknown {
  if (Object.is(value, -0)) return 0;
  if (typeof value !== 'object' || value === null) return value;
  // Descriptors keep what makes an object special, so that the comparison still sees it.
  const copy = Array.isArray(value)
    ? new Array(value.length)
    : (Object.create(Object.getPrototypeOf(value) as object) as object);
  if (value instanceof Date || value instanceof Map) return value;
  for (const key of Reflect.ownKeys(value)) {
    const property = Object.getOwnPropertyDescriptor(value, key) as PropertyDescriptor;
    Object.defineProperty(
      copy,
      key,
      'value' in property ? { ...property, value: withoutMinusZero(property.value) } : property,
    );
  }
  return copy;
}

function hasHiddenOrNot(value: unknown): boolean {
  return hasHiddenParts(value);
}

test('the check passes exactly what JSON gives back unchanged', () => {
  fc.assert(
    fc.property(anything, (value) => {
      const passes = countNegativeZeros(value) !== notPlainJson && !hasHiddenOrNot(value);
      // Own hidden properties are invisible to the comparison and to JSON alike; the check refuses them on purpose.
      if (explainNotPlain(value)?.reason.includes('hidden') === true) expect(passes).toBe(false);
      else expect(passes).toBe(survivesJson(value));
      expect(explainNotPlain(value) === null).toBe(passes);
    }),
    { numRuns: 3000 },
  );
});
