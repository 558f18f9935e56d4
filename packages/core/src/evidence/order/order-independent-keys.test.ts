import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OrderIndependentKeys } from './order-independent-keys.js';

const seed = Number(process.env['EVENTMEND_PROPERTY_SEED'] ?? 20261119);
const named = (keys: readonly string[]) => keys.map((key) => ({ key }));

interface Step {
  readonly place: number;
  readonly keys: readonly string[];
}

const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.record({
    place: fc.nat(2),
    keys: fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g'), { minLength: 1, maxLength: 3 }),
  }),
  { maxLength: 12 },
);

/** The partitions that reach a key, by walking from event to event over shared keys. */
function partitionsReaching(key: string, events: readonly Step[]): ReadonlySet<number> {
  const keys = new Set([key]);
  for (let before = -1; before !== keys.size;) {
    before = keys.size;
    for (const event of events)
      if (event.keys.some((one) => keys.has(one))) for (const one of event.keys) keys.add(one);
  }
  return new Set(events.filter((event) => event.keys.some((one) => keys.has(one))).map(({ place }) => place));
}

describe(`keys that depend on no order (seed ${seed})`, () => {
  it('are those that a walk over all events finds in one partition', () => {
    fc.assert(
      fc.property(steps, (events) => {
        const independent = new OrderIndependentKeys();
        for (const { place, keys } of events) independent.connect(place, named(keys));
        for (const key of 'abcdefg') {
          expect(independent.has(key), key).toBe(partitionsReaching(key, events).size <= 1);
        }
      }),
      { seed, numRuns: 500 },
    );
  });

  it('a parked event puts its keys and all that they are connected with in doubt, an unknown one everything', () => {
    const independent = new OrderIndependentKeys();
    independent.connect(0, named(['a', 'b']));
    independent.connect(0, named(['c']));
    independent.doubt(['b', 'z']);
    expect(['a', 'b', 'c', 'z'].map((key) => independent.has(key))).toEqual([false, false, true, false]);
    independent.doubt(null);
    expect(independent.has('c') || independent.has('never named')).toBe(false);
  });

  it('a copy goes its own way', () => {
    const first = new OrderIndependentKeys();
    first.connect(0, named(['a']));
    const second = new OrderIndependentKeys(first);
    second.connect(1, named(['a', 'b']));
    expect(['a', 'b'].map((key) => [first.has(key), second.has(key)])).toEqual([
      [true, false],
      [true, false],
    ]);
  });
});
