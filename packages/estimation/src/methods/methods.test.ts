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
  it.each(['profile-level', 'autoregression', 'autoregression-of-changes'] as const)('%s follows it', (name) => {
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

  it('is for the end alone', () => {
    expect(everywhere('middle')).not.toContain('seasonal-smoothing');
  });
});

describe('a level that moved before the gap', () => {
  const value = (slot: number) => (slot < 80 ? 100 : 200) * pattern('day', slot);
  it.each(['profile-level', 'autoregression-of-changes', 'exponential-smoothing'] as const)(
    '%s takes the new one at the end',
    (name) => {
      const path = fill(name, seriesOf(110, value), 110, 7)!;
      expect(Math.abs(sum(path) / sum([...Array(7).keys()].map((at) => value(110 + at))) - 1)).toBeLessThan(0.12);
    },
  );
});

describe('the autoregressions', () => {
  const walkOf = (seed: number, share: number, length: number) => {
    const normal = normalOf(seed);
    let value = 0;
    return Array.from({ length }, () => (value = share * value + normal()));
  };

  it('of changes draw a straight line between both sides of a walk', () => {
    const walk = walkOf(3, 1, 140);
    const series = seriesOf(140, (slot) => 100 + walk[slot]!, { season: 1, isNonNegative: false });
    const path = fill('autoregression-of-changes', series, 60, 10)!;
    const steps = [...path].slice(2, -1).map((value, at) => value - path[at + 1]!);
    for (const step of steps) expect(step).toBeCloseTo(steps[0]!, 1);
    expect(Math.abs(path[0]! - 100 - walk[59]!)).toBeLessThan(1);
    expect(Math.abs(path[9]! - 100 - walk[70]!)).toBeLessThan(1);
  });

  it.each([51, 52, 53])(
    'of values leave both sides as they leave elsewhere, and go back to the mean, seed %i',
    (seed) => {
      const values = walkOf(seed, 0.8, 240);
      const series = seriesOf(240, (slot) => 100 + values[slot]!, { season: 1, isNonNegative: false });
      const path = [...fill('autoregression', series, 100, 30)!].map((value) => value - 100);
      const [before, behind] = [values[99]!, values[130]!];
      expect(Math.abs(path[0]! - 0.8 * before)).toBeLessThan(0.7);
      expect(Math.abs(path[29]! - 0.8 * behind)).toBeLessThan(0.7);
      expect(Math.abs(path[15]!)).toBeLessThan(1);
    },
  );

  it('are the same in a mirror', () => {
    const values = walkOf(54, 0.9, 200);
    const [there, back] = [false, true].map((isMirrored) => {
      const value = (slot: number) => 100 + values[isMirrored ? 199 - slot : slot]!;
      return [...fill('autoregression', seriesOf(200, value, { season: 1 }), 95, 10)!];
    });
    back!.reverse().forEach((value, at) => expect(value).toBeCloseTo(there![at]!, 6));
  });

  it('know both sides of a gap in a cycle that no season has', () => {
    const value = (slot: number) => 50 + 20 * Math.sin(slot / 3);
    const path = fill('autoregressions', seriesOf(160, value, { season: 1 }), 90, 8)!;
    path.forEach((of, at) => expect(Math.abs(of - value(90 + at))).toBeLessThan(1));
  });

  it('answer from one side where the other is not known', () => {
    const series = seriesOf(120, (slot) => 100 * pattern('day', slot));
    fill('autoregressions', series, 0, 5)!.forEach((of, at) => expect(of).toBeCloseTo(100 * pattern('day', at), 0));
  });
});

it('hours in which nothing ever happens are no reason to give none', () => {
  const random = randomOf(7);
  const rare = seriesOf(1200, (slot) => (slot % 24 < 8 ? 0 : poisson(2, random)), { step: 'hour', measure: 'count' });
  for (const name of ['autoregressions', 'trends'] as const) {
    const path = fill(name, rare, 1100, 24);
    expect(path).not.toBeNull();
    path!.forEach((of, at) => expect(of === 0).toBe((1100 + at) % 24 < 8));
  }
});

describe('months of a year that grow with it', () => {
  const months = [0.8, 0.75, 0.95, 1, 1.05, 1.15, 1.3, 1.25, 1.05, 0.95, 0.85, 0.9];
  const value = (slot: number) => 200 * 1.008 ** slot * months[slot % 12]!;
  const missOf = (name: MethodName, from: number, slots: number, length: number) => {
    const series = seriesOf(length, value, { season: 12 });
    const path = fill(name, series, from, slots)!;
    return sum([...path].map((of, at) => Math.abs(of - value(from + at)))) / sum([...path]);
  };

  it('are filled within one per cent in the middle', () => {
    expect(missOf('autoregressions', 60, 12, 132)).toBeLessThan(0.01);
    expect(missOf('slot-mean-4', 60, 12, 132)).toBeGreaterThan(0.01);
  });

  it('go on at the end, where the mean of slots stays years behind', () => {
    expect(missOf('trends', 132, 12, 132)).toBeLessThan(0.04);
    expect(missOf('slot-mean-4', 132, 12, 132)).toBeGreaterThan(0.2);
  });
});

it.each([61, 62, 63])('half hours of six weeks hold a day, a week and a level that wanders, seed %i', (seed) => {
  const normal = normalOf(seed);
  let wander = 0;
  const values = Array.from({ length: 336 * 6 }, (_, slot) => {
    wander = 0.99 * wander + 0.02 * normal();
    const ofDay = 1 + 0.5 * Math.sin((slot / 24) * Math.PI);
    return 1000 * ofDay * [1, 1, 1, 1, 1, 0.7, 0.6][Math.floor(slot / 48) % 7]! * Math.exp(wander);
  });
  const missOf = (name: MethodName, side: GapSide) => {
    let miss = 0;
    for (let from = 1010; from < 1300; from += 31) {
      const length = side === 'end' ? from : values.length;
      const series = seriesOf(length, (slot) => values[slot]!, { step: 'hour', season: 336 });
      fill(name, series, from, 12)!.forEach((of, at) => (miss += Math.abs(of - values[from + at]!)));
    }
    return miss;
  };
  expect(missOf('autoregressions', 'middle')).toBeLessThan(0.8 * missOf('slot-mean-4', 'middle'));
  expect(missOf('trends', 'end')).toBeLessThan(missOf('slot-mean-4', 'end'));
});

it('an estimate begins with what goes on: in the middle from both sides, at the end with its trend, hours and levels as they were', () => {
  expect(baselineFor('middle', 'sum', 168)).toBe('autoregressions');
  expect(baselineFor('end', 'count', 12)).toBe('trends');
  expect(baselineFor('end', 'count', 168)).toBe('slot-mean-and-smoothing');
  expect(baselineFor('end', 'level', 7)).toBe('level-changes-4');
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
