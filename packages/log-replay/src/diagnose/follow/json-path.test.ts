import { describe, expect, it } from 'vitest';
import { parsePath, valueAt, withValueAt } from './json-path.js';

describe('dotted paths', () => {
  it('read and replace what stands there, and leave the original and the order of fields alone', () => {
    const state = { a: 1, b: { c: 2, d: 3 }, e: 4 };
    expect(valueAt(state, parsePath('b.c'))).toBe(2);
    expect(valueAt(state, parsePath('b.x.y'))).toBeUndefined();
    expect(valueAt(state, parsePath(''))).toBe(state);
    expect(valueAt(state, parsePath('toString'))).toBeUndefined();
    const changed = withValueAt(state, parsePath('b.c'), 5);
    expect(JSON.stringify(changed)).toBe('{"a":1,"b":{"c":5,"d":3},"e":4}');
    expect(state.b.c).toBe(2);
    expect(withValueAt(undefined, parsePath('a.b'), 1)).toEqual({ a: { b: 1 } });
    expect(withValueAt({ items: [{ b: 1 }, { b: 2 }], n: 1 }, parsePath('items.0.b'), 9)).toEqual({
      items: [{ b: 9 }, { b: 2 }],
      n: 1,
    });
    expect(Object.hasOwn(withValueAt({}, parsePath('__proto__'), 1) as object, '__proto__')).toBe(true);
  });
});
