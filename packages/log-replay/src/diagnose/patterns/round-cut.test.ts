import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { roundCut, roundMoment } from './round-cut.js';

describe('cuts in round numbers', () => {
  it.each([
    [1497, 1501, 1500],
    [1499, 1500, 1500],
    [1500, 1501, 1501],
    [0.21, 0.34, 0.3],
    [3.2, 3.9, 3.5],
    [-3, 2, 0],
    [-0.5, 0, 0],
    [-1700, -1300, -1500],
    [0, 7, 5],
    [99.5, 180, 100],
  ])('between %d and %d: %d', (below, upTo, cut) => expect(roundCut(below, upTo)).toBe(cut));

  it('stand above the one and not above the other', () =>
    fc.assert(
      fc.property(
        fc.double({ noNaN: true, min: -1e12, max: 1e12 }),
        fc.double({ noNaN: true, min: -1e12, max: 1e12 }),
        (a, b) => {
          fc.pre(a !== b);
          const [below, upTo] = [Math.min(a, b), Math.max(a, b)];
          for (const nearest of ['lowest', 'highest'] as const) {
            for (const cut of [roundCut(below, upTo, nearest), roundMoment(below, upTo, nearest)]) {
              expect(cut).toBeGreaterThan(below);
              expect(cut).toBeLessThanOrEqual(upTo);
            }
          }
        },
      ),
    ));

  it('are the lowest or the highest of those that are equally round', () => {
    expect([roundCut(1610, 1950, 'lowest'), roundCut(1610, 1950, 'highest')]).toEqual([1700, 1900]);
    expect(roundMoment(0.5 * 3_600_000, 9.5 * 3_600_000, 'lowest')).toBe(3_600_000);
  });

  it('are whole days, hours, minutes or seconds for moments', () => {
    const at = (text: string) => Date.parse(`2001-05-01T${text}Z`);
    expect(roundMoment(at('13:59:10'), at('14:00:10'))).toBe(at('14:00:00'));
    expect(roundMoment(at('14:03:10'), at('14:04:40'))).toBe(at('14:04:00'));
    expect(roundMoment(at('14:03:10.100'), at('14:03:11.900'))).toBe(at('14:03:11'));
    expect(roundMoment(at('14:03:10.100'), at('14:03:10.900'))).toBe(at('14:03:10.900'));
  });
});
