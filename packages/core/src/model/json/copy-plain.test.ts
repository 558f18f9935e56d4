import fc from 'fast-check';
import { expect, it } from 'vitest';
import { copyPlain } from './copy-plain.js';

function freezeAll(value: unknown): unknown {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(freezeAll);
  return value;
}

it('writes the same text and shares nothing that could change (property)', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const copy = copyPlain(freezeAll(value));
      expect(JSON.stringify(copy)).toBe(JSON.stringify(value));
      const shared = (a: unknown, b: unknown): boolean =>
        typeof a === 'object' &&
        a !== null &&
        (a === b || Object.keys(a).some((name) => shared(Reflect.get(a, name), Reflect.get(b as object, name))));
      expect(shared(value, copy)).toBe(false);
    }),
    { numRuns: 300, seed: 31 },
  );
});

it('keeps a field named __proto__ as a field', () => {
  const value: unknown = JSON.parse('{"__proto__":{"a":[1]},"b":2}');
  expect(JSON.stringify(copyPlain(value))).toBe('{"__proto__":{"a":[1]},"b":2}');
});
