import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { closeOverSeeds } from './close-over-seeds.js';
import { KeyComponents } from './key-components.js';

const seed = 20261119;
const key = fc.constantFrom(...'abcdefghijklmnop');
const cases = fc.record({
  events: fc.array(fc.uniqueArray(key, { minLength: 1, maxLength: 3 }), { maxLength: 40 }),
  seeds: fc.uniqueArray(key, { minLength: 1, maxLength: 3 }),
});

/** Looks at all events again and again until none adds a key. */
function closePlainly(events: readonly (readonly string[])[], seeds: readonly string[]): readonly string[] {
  const closure = new Set(seeds);
  for (let before = -1; before < closure.size;) {
    before = closure.size;
    for (const keys of events) if (keys.some((one) => closure.has(one))) for (const one of keys) closure.add(one);
  }
  return [...closure].sort();
}

function collected(events: readonly (readonly string[])[], seeds: readonly string[]) {
  const components = new KeyComponents();
  events.forEach((keys, offset) => {
    components.connect(keys, 0, offset);
  });
  return { components, numbers: new Set(seeds.map((one) => components.numberOf(one))) };
}

describe(`the closure of a scope (seed ${seed})`, () => {
  it('is the fixpoint, and counts the events that name its keys', () => {
    fc.assert(
      fc.property(cases, ({ events, seeds }) => {
        const { components, numbers } = collected(events, seeds);
        const expected = closePlainly(events, seeds);
        const closure = closeOverSeeds(components, numbers, 100);
        expect(closure.keys).toEqual(expected);
        expect(closure.eventsInside).toBe(events.filter(([first]) => expected.includes(first ?? '')).length);
      }),
      { seed, numRuns: 1000 },
    );
  });

  it('tells of each further key the first event that connects it, through a key that is in already', () => {
    fc.assert(
      fc.property(cases, ({ events, seeds }) => {
        const { components, numbers } = collected(events, seeds);
        const { keys, joined } = closeOverSeeds(components, numbers, 100);
        const known = new Set(seeds);
        for (const { key: joining, through, connection } of joined) {
          const names = [joining, through].map((number) => components.nameOf(number));
          expect(events[connection.offset]).toEqual(expect.arrayContaining(names));
          expect(known.has(names[1] ?? '')).toBe(true);
          // No earlier event had connected the two.
          const before = events.slice(0, connection.offset);
          expect(closePlainly(before, [names[0] ?? ''])).not.toContain(names[1]);
          known.add(names[0] ?? '');
        }
        expect([...known].sort()).toEqual(keys);
      }),
      { seed, numRuns: 1000 },
    );
  });

  it('follows a chain of a hundred thousand keys', () => {
    const components = new KeyComponents();
    for (let n = 0; n < 100_000; n++) components.connect([`k${n}`, `k${n + 1}`], 0, n);
    const { keys, joined, eventsInside } = closeOverSeeds(components, new Set([components.numberOf('k0')]), 3);
    expect([keys.length, eventsInside]).toEqual([100_001, 100_000]);
    expect(joined.map((join) => components.nameOf(join.key))).toEqual(['k1', 'k2', 'k3']);
  });
});
