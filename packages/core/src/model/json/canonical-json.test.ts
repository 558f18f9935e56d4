import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson, isCanonical } from './canonical-json.js';

test('names are sorted by code unit at every level, without white space', () => {
  expect(canonicalJson({ b: [{ z: 1, a: null }], a: 'x', B: true, é: 1.5, '10': 1, '9': 2 })).toBe(
    '{"10":1,"9":2,"B":true,"a":"x","b":[{"a":null,"z":1}],"é":1.5}',
  );
  expect(canonicalJson(JSON.parse('{"a":1,"__proto__":{"y":1,"x":2}}'))).toBe('{"__proto__":{"x":2,"y":1},"a":1}');
  expect([-0, 1e21, 1e-7, 0.1, true, 'a"\n', null, [], {}].map(canonicalJson)).toEqual([
    '0',
    '1e+21',
    '1e-7',
    '0.1',
    'true',
    '"a\\"\\n"',
    'null',
    '[]',
    '{}',
  ]);
});

/** The same text the slow way: sort, then let JSON.stringify write. Names that look like integers come first there. */
function reference(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(reference).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${reference(field)}`).join(',')}}`;
}

test('agrees with the naive writer, and does not depend on the order of fields', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(canonicalJson(value)).toBe(reference(value));
      expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      expect(canonicalJson(reversed(value))).toBe(canonicalJson(value));
    }),
  );
});

test('what is canonical needs no writer of its own, and what is not is told', () => {
  let [canonical, others] = [0, 0];
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = JSON.stringify(value);
      expect(isCanonical(value)).toBe(canonicalJson(value) === text);
      if (isCanonical(value)) canonical++;
      else others++;
    }),
    { numRuns: 500, seed: 31 },
  );
  expect(Math.min(canonical, others)).toBeGreaterThan(20);
});

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([name, field]) => [name, reversed(field)] as const)
      .reverse(),
  );
}
