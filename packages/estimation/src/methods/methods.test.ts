import { describe, expect, it } from 'vitest';
import { maskedHistories } from '../backtest/masked-histories.js';
import { placeGap } from '../backtest/choose-masks.js';
import { gapAt, monday, normalOf, pattern, poisson, randomOf, seriesOf } from '../../test/synthetic-series.js';
import { extendSeries } from '../series/regular-series.js';
import type { Series } from '../series/series.js';
import type { History } from './history.js';
import { baselineFor, methodNamed, portfolioFor, type GapSide, type MethodName } from './portfolio.js';

const sum = (path: ArrayLike<number>) => Array.from(path).reduce((total, value) => total + value, 0);

function historyOf(series: Series, from: number, slots: number, covariate: Float64Array | null = null): History {
  const step = series.step === 'hour' ? 'hour' : 'day';
  const longer = extendSeries(series, gapAt(from, slots, step).to);
  return maskedHistories(longer, placeGap(longer, { from, to: from + slots }), covariate).ofGap();
}

function fill(name: MethodName, series: Series, from: number, slots: number, covariate: Float64Array | null = null) {
  return methodNamed(name)(historyOf(series, from, slots, covariate));
}

const everywhere = (side: GapSide) => portfolioFor(side, 'level').map(([name]) => name);

describe('every method', () => {
  const noisy = (step: 'hour' | 'day', seed: number) => {
    const normal = normalOf(seed);
    const noise = Array.from({ length: 3000 }, () => 1 + 0.1 * normal());
    return (slot: number) => 1000 * pattern(step, slot) * noise[slot]!;
  };

  it.each(['middle', 'end'] as const)('looks at nothing in the gap, %s', (side) => {
    for (const step of ['hour', 'day'] as const) {
      const [from, slots, length] = step === 'hour' ? [1500, 24, 3000] : [100, 3, 200];
      const value = noisy(step, 5);
      const all = side === 'end' ? from + slots : length;
      const isIn = (slot: number) => slot >= from && slot < from + slots;
      const whole = seriesOf(all, value, { step });
      const other = seriesOf(all, (slot) => (isIn(slot) ? 1e6 : value(slot)), { step });
      const holes = seriesOf(all, (slot) => (isIn(slot) ? undefined : value(slot)), { step });
      for (const name of everywhere(side)) {
        const path = fill(name, whole, from, slots);
        if (path === null) continue;
        expect(path).toEqual(fill(name, other, from, slots));
        const withHoles = fill(name, holes, from, slots);
        expect(sum(withHoles ?? [])).toBeCloseTo(sum(path), 6);
      }
    }
  });

  it('gives back a constant', () => {
    for (const side of ['middle', 'end'] as const) {
      const series = seriesOf(side === 'end' ? 60 : 120, () => 7);
      for (const name of everywhere(side)) {
        const path = fill(name, series, 60, 3);
        if (path !== null) expect([...path].map((value) => Number(value.toFixed(9)))).toEqual([7, 7, 7]);
      }
    }
  });

  it('is never below zero where nothing can be, and gives zeros for zeros', () => {
    const random = randomOf(8);
    const rare = seriesOf(120, () => poisson(0.2, random), { measure: 'count' });
    // `count` counts rows where rows are events; here a row is the count of a day.
    for (const side of ['middle', 'end'] as const) {
      for (const name of everywhere(side)) {
        const path = fill(name, rare, side === 'end' ? 117 : 60, 3);
        if (path !== null) expect(Math.min(...path)).toBeGreaterThanOrEqual(0);
        const zeros = fill(
          name,
          seriesOf(120, () => 0),
          side === 'end' ? 117 : 60,
          3,
        );
        if (zeros !== null) expect([...zeros]).toEqual([0, 0, 0]);
      }
    }
  });

  it('answers a short series or not at all, and never with a number that is none', () => {
    for (const length of [4, 8, 15]) {
      const series = seriesOf(length, (slot) => slot + 1);
      for (const side of ['middle', 'end'] as const) {
        for (const name of everywhere(side)) {
          const path = fill(name, series, side === 'end' ? length - 1 : 2, 1);
          if (path !== null) expect(path.every(Number.isFinite)).toBe(true);
        }
      }
    }
  });
});

describe('the slot mean', () => {
  it('is the mean of the nearest slots of the same phase, on both sides', () => {
    const series = seriesOf(70, (slot) => slot);
    expect([...fill('slot-mean-2', series, 30, 1)!]).toEqual([30]);
    expect([
      ...fill(
        'slot-mean-4',
        seriesOf(70, (slot) => slot ** 2),
        30,
        1,
      )!,
    ]).toEqual([(16 ** 2 + 23 ** 2 + 37 ** 2 + 44 ** 2) / 4]);
    // At the end the last four.
    expect([
      ...fill(
        'slot-mean-4',
        seriesOf(63, (slot) => slot),
        63,
        1,
      )!,
    ]).toEqual([(56 + 49 + 42 + 35) / 4]);
  });

  it('passes over missing slots and takes those beyond', () => {
    const series = seriesOf(70, (slot) => (slot === 23 || slot === 37 ? undefined : slot));
    expect([...fill('slot-mean-2', series, 30, 1)!]).toEqual([30]);
  });

  it('is exact for a season without noise', () => {
    const series = seriesOf(1500, (slot) => 100 * pattern('hour', slot), { step: 'hour' });
    const path = fill('slot-mean-8', series, 700, 24)!;
    path.forEach((value, at) => expect(value).toBeCloseTo(100 * pattern('hour', 700 + at), 8));
  });
});

describe('a strongly seasonal series that trends', () => {
  const value = (slot: number) => 1000 * pattern('day', slot) * (1 + 0.004 * slot);
  const truth = (from: number) => sum([0, 1, 2].map((at) => value(from + at)));
  it.each(['profile-level', 'decomposition-interpolation', 'local-level-model'] as const)('%s follows it', (name) => {
    const path = fill(name, seriesOf(200, value), 101, 3)!;
    expect(Math.abs(sum(path) / truth(101) - 1)).toBeLessThan(0.02);
  });

  it('the smoothing of the end goes on with the trend where the slot mean stays behind', () => {
    const series = seriesOf(200, value);
    const [smoothed, mean] = (['decomposition-smoothing', 'slot-mean-4'] as const).map((name) =>
      Math.abs(sum(fill(name, series, 200, 3)!) - truth(200)),
    );
    expect(smoothed!).toBeLessThan(mean! / 2);
  });
});

describe('the smoothing of level, day and week', () => {
  it('follows hours that moved within a day some days ago, where the slot mean knows the weeks before', () => {
    // For ten days all has happened two hours later.
    const value = (slot: number) => 100 * pattern('hour', slot < 1300 ? slot : slot - 2);
    const series = seriesOf(1540, value, { step: 'hour' });
    const missOf = (name: MethodName) =>
      sum([...fill(name, series, 1540, 24)!].map((of, at) => Math.abs(of - value(1540 + at))));
    expect(missOf('seasonal-smoothing')).toBeLessThan(0.7 * missOf('slot-mean-4'));
    expect(missOf('slot-mean-and-smoothing')).toBeLessThan(missOf('slot-mean-4'));
  });

  it('knows a week of days, and passes over what is missing', () => {
    const value = (slot: number) => 100 * pattern('day', slot);
    const series = seriesOf(112, (slot) => (slot % 9 === 4 ? undefined : value(slot)));
    fill('seasonal-smoothing', series, 112, 7)!.forEach((of, at) => expect(of).toBeCloseTo(value(112 + at), 6));
  });

  it.each([41, 42, 43])('and its mean with the slot mean err by less than that at the end, seed %i', (seed) => {
    const squares = { 'slot-mean-4': 0, 'slot-mean-and-smoothing': 0 };
    for (let trial = 0; trial < 12; trial++) {
      const normal = normalOf(100 * seed + trial);
      // What a day is like goes on from day to day, and every week is a little different.
      let [busy, late] = [0, 0];
      const days = Array.from({ length: 60 }, () => ({
        busy: (busy = 0.97 * busy + 0.03 * normal()),
        late: (late = 0.95 * late + 0.08 * normal()),
      }));
      const noise = Array.from({ length: 60 * 24 }, () => 1 + 0.05 * normal());
      const value = (slot: number) => {
        const { busy, late } = days[Math.floor(slot / 24)]!;
        return 100 * pattern('hour', slot) * noise[slot]! * Math.exp(busy + late * Math.cos((slot / 12) * Math.PI));
      };
      const series = seriesOf(57 * 24, value, { step: 'hour' });
      for (const name of ['slot-mean-4', 'slot-mean-and-smoothing'] as const) {
        fill(name, series, 57 * 24, 48)!.forEach((of, at) => (squares[name] += (of - value(57 * 24 + at)) ** 2));
      }
    }
    expect(squares['slot-mean-and-smoothing']).toBeLessThan(0.95 * squares['slot-mean-4']);
  });

  it('is what an end begins with, of sums and counts', () => {
    expect(baselineFor('end', 'count')).toBe('slot-mean-and-smoothing');
    expect(baselineFor('end', 'level')).toBe('level-changes-4');
    expect(baselineFor('middle', 'sum')).toBe('slot-mean-4');
    expect(everywhere('middle')).not.toContain('seasonal-smoothing');
  });
});

describe('a level that moved before the gap', () => {
  const value = (slot: number) => (slot < 80 ? 100 : 200) * pattern('day', slot);
  it.each(['profile-level', 'profile-near-level', 'exponential-smoothing'] as const)(
    '%s takes the new one at the end',
    (name) => {
      const path = fill(name, seriesOf(110, value), 110, 7)!;
      expect(Math.abs(sum(path) / sum([...Array(7).keys()].map((at) => value(110 + at))) - 1)).toBeLessThan(0.12);
    },
  );
});

describe('the local level model', () => {
  it('draws a straight line between the levels on both sides of a gap, as the smoother of a random walk must', () => {
    const normal = normalOf(3);
    let level = 100;
    const walk = Array.from({ length: 140 }, () => (level += normal()));
    const path = fill(
      'local-level-model',
      seriesOf(140, (slot) => walk[slot]!, { season: 1 }),
      60,
      10,
    )!;
    const steps = [...path].slice(1).map((value, at) => value - path[at]!);
    for (const step of steps) expect(step).toBeCloseTo(steps[0]!, 8);
    expect(Math.abs(path[0]! - walk[59]!)).toBeLessThan(2);
    expect(Math.abs(path[9]! - walk[70]!)).toBeLessThan(2);
  });
});

describe('interpolation of levels', () => {
  it('is a straight line, or a cubic that overshoots nothing', () => {
    const steps = seriesOf(120, (slot) => (slot < 60 ? 10 + slot * 0.01 : 20 - slot * 0.01), {
      season: 1,
      measure: 'level',
    });
    const linear = fill('linear-interpolation', steps, 58, 4)!;
    expect(linear[1]! - linear[0]!).toBeCloseTo(linear[2]! - linear[1]!, 9);
    const monotone = fill('monotone-interpolation', steps, 58, 4)!;
    const [before, behind] = [steps.values[57]!, steps.values[62]!];
    for (const value of monotone) {
      expect(value).toBeGreaterThanOrEqual(before);
      expect(value).toBeLessThanOrEqual(behind);
    }
    expect([...monotone]).toEqual([...monotone].sort((a, b) => a - b));
  });

  it('the cubic is not for noise', () => {
    const random = randomOf(2);
    expect(
      fill(
        'monotone-interpolation',
        seriesOf(120, () => random()),
        60,
        3,
      ),
    ).toBeNull();
    expect(
      fill(
        'monotone-interpolation',
        seriesOf(120, (slot) => Math.sin(slot / 20) + 2),
        60,
        3,
      ),
    ).not.toBeNull();
  });

  it('follows a smooth curve more closely than the line', () => {
    const value = (slot: number) => 50 + 40 * Math.sin(slot / 12);
    const series = seriesOf(160, value, { season: 1, measure: 'level' });
    const miss = (name: MethodName) =>
      sum([...fill(name, series, 90, 8)!].map((of, at) => Math.abs(of - value(90 + at))));
    expect(miss('monotone-interpolation')).toBeLessThan(miss('linear-interpolation'));
  });
});

describe('intermittent demand', () => {
  it('is the probability of demand times its size, and only for series with many zeros', () => {
    const rare = seriesOf(400, (slot) => (slot % 5 === 2 ? 10 : 0));
    const rate = fill('intermittent-demand', rare, 400, 5)!;
    expect(new Set(rate).size).toBe(1);
    expect(Math.abs(rate[0]! - 2)).toBeLessThan(0.5);
    expect(
      fill(
        'intermittent-demand',
        seriesOf(100, (slot) => slot + 1),
        100,
        5,
      ),
    ).toBeNull();
  });

  it('falls where nothing comes any more', () => {
    const dead = seriesOf(200, (slot) => (slot < 150 && slot % 3 === 0 ? 9 : 0));
    expect(fill('intermittent-demand', dead, 200, 1)![0]!).toBeLessThan(0.5);
  });
});

describe('the covariate', () => {
  it('tells a day that was unlike others, with the elasticity of the history', () => {
    const random = randomOf(6);
    const shock = Array.from({ length: 200 }, () => Math.exp(0.4 * (random() - 0.5)));
    shock[100] = 0.5;
    const own = seriesOf(200, (slot) => 1000 * pattern('day', slot) * shock[slot]! ** 0.8);
    const other = Float64Array.from(shock, (of, slot) => 300 * pattern('day', slot) * of);
    const truth = 1000 * pattern('day', 100) * 0.5 ** 0.8;
    const path = fill('covariate-ratio', own, 100, 1, other)!;
    expect(Math.abs(path[0]! / truth - 1)).toBeLessThan(0.15);
    expect(Math.abs(fill('slot-mean-4', own, 100, 1)![0]! / truth - 1)).toBeGreaterThan(0.4);
    other[100] = NaN;
    expect(fill('covariate-ratio', own, 100, 1, other)).toBeNull();
    expect(fill('covariate-ratio', own, 100, 1)).toBeNull();
  });
});

it('the grid of these tests begins on a Monday', () => {
  expect(new Date(monday).getUTCDay()).toBe(1);
});
