import fc from 'fast-check';
import { expect, it } from 'vitest';
import { shareOut } from './share-out.js';

it.each([1, 2, 3])('%i shares hold each item once, in their own order, and none waits long for another', (shares) => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 1000 }), { maxLength: 70 }), (sizes) => {
      const items = sizes.map((size, place) => ({ size, place }));
      const made = shareOut(items, ({ size }) => size, shares);
      expect(made.flatMap((share) => share.map(({ place }) => place)).sort((a, b) => a - b)).toEqual([...items.keys()]);
      expect(made.length).toBe(Math.min(shares, items.length));
      for (const share of made) expect([...share].sort((a, b) => a.place - b.place)).toEqual(share);
      const whole = made.map((share) => share.reduce((sum, { size }) => sum + size, 0));
      if (made.length === shares)
        expect(Math.max(...whole) - Math.min(...whole)).toBeLessThanOrEqual(Math.max(...sizes, 0));
    }),
  );
});
