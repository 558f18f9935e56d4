import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { overlayDamage } from './overlay-damage.js';

describe('damage over a partition', () => {
  it('is a hole in the place of an event, inside of a gap, in front and behind', () => {
    expect(overlayDamage({ from: 2, next: 8, holes: [{ from: 4, to: 7, reason: 'missing' }] }, [9, 5, 2, 0])).toEqual({
      from: 0,
      next: 10,
      holes: [
        { from: 0, to: 1, reason: 'damaged' },
        { from: 1, to: 2, reason: 'missing' },
        { from: 2, to: 3, reason: 'damaged' },
        { from: 4, to: 5, reason: 'missing' },
        { from: 5, to: 6, reason: 'damaged' },
        { from: 6, to: 7, reason: 'missing' },
        { from: 8, to: 9, reason: 'missing' },
        { from: 9, to: 10, reason: 'damaged' },
      ],
      contradicted: [2],
    });
  });

  it('gives every offset the fate that naming each alone gives it', () => {
    const property = fc.property(
      fc.array(fc.constantFrom('event', 'missing', 'control'), { minLength: 1, maxLength: 20 }),
      fc.nat(5),
      fc.uniqueArray(fc.nat(30), { maxLength: 8 }),
      (fates, from, damaged) => {
        const holes = fates.flatMap((reason, index) =>
          reason === 'event' ? [] : [{ from: from + index, to: from + index + 1, reason: reason as 'missing' }],
        );
        const next = from + fates.length;
        const result = overlayDamage({ from, next, holes }, damaged);
        for (let offset = result.from; offset < result.next; offset++) {
          const found = result.holes.filter((hole) => hole.from <= offset && offset < hole.to);
          const inside = offset >= from && offset < next;
          const before = inside ? (fates[offset - from] as string) : 'missing';
          const expected = damaged.includes(offset) ? 'damaged' : before;
          expect(found.map(({ reason }) => reason)).toEqual(expected === 'event' ? [] : [expected]);
          expect(result.contradicted.includes(offset)).toBe(damaged.includes(offset) && before === 'event');
        }
        expect(damaged.every((offset) => offset >= result.from && offset < result.next)).toBe(true);
      },
    );
    fc.assert(property, { numRuns: 500 });
  });
});
