import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pattern, randomOf, seriesOf } from '../../test/synthetic-series.js';
import { chooseMasks, countApart, placeGap } from './choose-masks.js';

describe('masks', () => {
  it('are known, as long as the gap, touch neither it nor what is missing, and have as much around them', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.constantFrom('hour', 'day'),
        fc.nat({ max: 400 }),
        fc.integer({ min: 1, max: 30 }),
        fc.boolean(),
        (seed, step, place, slots, isEnd) => {
          const random = randomOf(seed);
          const all = step === 'hour' ? 1400 : 420;
          const series = seriesOf(all, (slot) => (random() < 0.01 ? undefined : pattern(step, slot)), { step });
          const length = series.values.length;
          const from = isEnd ? length - slots : Math.min(place + 15, length - slots - 15);
          const placed = placeGap(series, { from, to: from + slots });
          const { selection, calibration, isApart } = chooseMasks(series, placed);
          for (const start of [...selection, ...calibration]) {
            expect(start + slots <= placed.hidden.from || start >= placed.hidden.to).toBe(true);
            expect(series.values.subarray(start, start + slots).every((value) => !Number.isNaN(value))).toBe(true);
            expect(start).toBeGreaterThanOrEqual(Math.min(placed.seen.before, series.season));
          }
          if (isApart) {
            expect(selection).toHaveLength(40);
            expect(selection.filter((start) => calibration.includes(start))).toEqual([]);
          } else expect(selection).toEqual(calibration);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('share the phase of the season where there are 40 of it, else the time of day, else none', () => {
    const phaseOf = (length: number, step: 'hour' | 'day') => {
      const series = seriesOf(length, (slot) => pattern(step, slot), { step });
      const from = Math.floor(length / 2);
      const masks = chooseMasks(series, placeGap(series, { from, to: from + 3 }));
      const all = [...masks.selection, ...masks.calibration];
      if (masks.phase === 'season') for (const start of all) expect(series.phases[start]).toBe(series.phases[from]);
      if (masks.phase === 'day')
        for (const start of all) expect(series.phases[start]! % 24).toBe(series.phases[from]! % 24);
      return masks.phase;
    };
    expect(phaseOf(168 * 60, 'hour')).toBe('season');
    expect(phaseOf(168 * 20, 'hour')).toBe('day');
    expect(phaseOf(168 * 4, 'hour')).toBe('any');
    expect(phaseOf(7 * 60, 'day')).toBe('season');
    expect(phaseOf(7 * 20, 'day')).toBe('any');
  });

  it('see four seasons where 40 of them can, unless fewer let the choice have 40 of its own', () => {
    const firstOf = (length: number) => {
      const series = seriesOf(length, (slot) => pattern('day', slot));
      const { selection, isApart } = chooseMasks(series, placeGap(series, { from: length - 2, to: length }));
      return { first: selection[0], isApart };
    };
    expect(firstOf(60)).toEqual({ first: 14, isApart: false });
    expect(firstOf(75)).toEqual({ first: 28, isApart: false });
    expect(firstOf(95)).toEqual({ first: 7, isApart: true });
    expect(firstOf(120)).toEqual({ first: 28, isApart: true });
    expect(firstOf(40)).toEqual({ first: 7, isApart: false });
  });

  it('hide what is missing beside the gap as well', () => {
    const series = seriesOf(100, (slot) => (slot >= 48 && slot < 53 ? undefined : 1));
    expect(placeGap(series, { from: 50, to: 52 })).toEqual({
      gap: { from: 50, to: 52 },
      hidden: { from: 48, to: 53 },
      seen: { before: 48, after: 47 },
    });
  });

  it('are counted apart where they do not overlap', () => {
    expect(countApart([0, 1, 2, 3, 10, 12, 13], 3)).toBe(4);
    expect(countApart([], 3)).toBe(0);
  });
});
