import { describe, expect, it } from 'vitest';
import { normalOf } from '../../test/synthetic-series.js';
import { coverageByHalves } from './coverage-by-halves.js';

const range = (count: number) => Array.from({ length: count }, (_, index) => index);

describe('the coverage by halves', () => {
  it('holds the interval of each half against the other', () => {
    // Earlier 1 to 20 in any order, later 11 to 30: of 20 the 18.9th smallest is that of 90 %.
    const earlier = range(20).map((index) => ((index * 7) % 20) + 1);
    const later = range(20).map((index) => ((index * 3) % 20) + 11);
    const coverage = coverageByHalves(
      range(40).map((index) => index * 2),
      [...earlier, ...later],
      2,
    );
    expect(coverage.find(({ level }) => level === 0.9)).toEqual({
      level: 0.9,
      later: { covered: 8, of: 20 },
      earlier: { covered: 20, of: 20 },
    });
  });

  it('says nothing where half of the masks is too few for an interval of the level', () => {
    // 0 to 8, then 9 to 17, none like the one before it.
    const scores = range(18).map((index) => ((index * 4) % 9) + (index < 9 ? 0 : 9));
    const coverage = coverageByHalves(range(18), scores, 1);
    expect(coverage).toEqual([
      { level: 0.8, later: { covered: 0, of: 9 }, earlier: { covered: 9, of: 9 } },
      { level: 0.9, later: { covered: 0, of: 9 }, earlier: { covered: 9, of: 9 } },
      { level: 0.95, later: null, earlier: null },
    ]);
    expect(coverageByHalves([], [], 1)[0]).toEqual({ level: 0.8, later: null, earlier: null });
  });

  it('leaves out masks of the later half that overlap the earlier one', () => {
    const [first] = coverageByHalves(range(100), range(100), 6);
    expect(first!.later!.of).toBe(45);
    expect(first!.earlier!.of).toBe(50);
  });

  it.each([21, 22, 23])('shows errors that grow, and not errors that stay as they are, seed %i', (seed) => {
    const normal = normalOf(seed);
    const share = (growth: number): number => {
      const scores = range(120).map((mask) => Math.abs(normal()) * (mask < 60 ? 1 : growth));
      const [, ofNinety] = coverageByHalves(range(120), scores, 1);
      return ofNinety!.later!.covered / ofNinety!.later!.of;
    };
    const stays = range(50).map(() => share(1));
    const grows = range(50).map(() => share(3));
    expect(stays.reduce((sum, of) => sum + of, 0) / 50).toBeGreaterThan(0.87);
    expect(grows.reduce((sum, of) => sum + of, 0) / 50).toBeLessThan(0.55);
  });
});
