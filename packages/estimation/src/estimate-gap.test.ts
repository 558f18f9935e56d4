import { describe, expect, it } from 'vitest';
import { day, gapAt, hour, monday, normalOf, pattern, poisson, randomOf, seriesOf } from '../test/synthetic-series.js';
import { estimateKeys } from './estimate-keys.js';
import { estimateGap, type EstimateOptions } from './estimate-gap.js';
import type { Gap, GapEstimate } from './estimate.js';
import { regularSeries, type SeriesSettings } from './series/regular-series.js';
import type { Series } from './series/series.js';

function estimated(series: Series, gap: Gap, options: EstimateOptions = {}) {
  const result = estimateGap(series, gap, options);
  if (result.status === 'refused') throw new Error(`refused: ${JSON.stringify(result.reason)}`);
  return result;
}

function refusedWith(result: GapEstimate): string {
  return result.status === 'refused' ? result.reason.code : 'estimated';
}

/** Days of a shop: a week, a little noise, the same for a seed. */
function shop(length: number, seed: number, noise = 0.05, settings: Partial<SeriesSettings> = {}): Series {
  const normal = normalOf(seed);
  const values = Array.from({ length }, (_, slot) => 1000 * pattern('day', slot) * (1 + noise * normal()));
  return seriesOf(length, (slot) => values[slot], { ...settings, step: 'day' });
}

const without = (series: Series, from: number, to: number): Series => ({
  ...series,
  values: series.values.map((value, slot) => (slot >= from && slot < to ? NaN : value)),
});
const sum = (series: Series, from: number, slots: number) =>
  series.values.subarray(from, from + slots).reduce((total, value) => total + value, 0);

describe('an estimate', () => {
  it('has its total, path, intervals, method, backtest and data', () => {
    const series = shop(120, 1);
    const result = estimated(series, gapAt(60, 3));
    expect(result.path).toHaveLength(3);
    expect(result.estimate).toBeCloseTo(
      result.path.reduce((total, { estimate }) => total + estimate, 0),
      8,
    );
    expect(Math.abs(result.estimate / sum(series, 60, 3) - 1)).toBeLessThan(0.1);
    expect(result.intervals.map(({ level }) => level)).toEqual([0.8, 0.9, 0.95]);
    for (const [narrow, wide] of [
      [result.intervals[0]!, result.intervals[1]!],
      [result.intervals[1]!, result.intervals[2]!],
    ] as const) {
      expect(narrow.high - narrow.low).toBeLessThanOrEqual(wide.high - wide.low);
    }
    expect(result).toMatchObject({
      fidelity: 'interpolated',
      target: 'total',
      bands: 'each',
      backtest: { selection: 40, isApart: true, baseline: 'autoregressions' },
      data: { slots: 3, season: 7, known: 117, missing: 0, survived: 3, isNonNegative: true },
    });
    expect(result.backtest.scores.length).toBeGreaterThan(6);
  });

  it('is the same where the readings of a counter stood still in the gap', () => {
    const normal = normalOf(5);
    const counts = Array.from({ length: 120 }, (_, slot) => Math.round(1000 * pattern('day', slot) + 20 * normal()));
    let reading = 0;
    const readings = counts.map((value) => (reading += value));
    const counterOf = (at: (slot: number) => number | undefined) =>
      regularSeries(
        readings.flatMap((_, slot) => {
          const value = at(slot);
          return value === undefined ? [] : [{ time: monday + slot * day, value }];
        }),
        { step: 'day', measure: 'counter' },
      );
    const isLost = (slot: number) => slot >= 60 && slot < 63;
    const missing = counterOf((slot) => (isLost(slot) ? undefined : readings[slot]));
    const still = counterOf((slot) => readings[isLost(slot) ? 59 : slot]);
    const [first, second] = [estimated(missing, gapAt(60, 3)), estimated(still, gapAt(60, 3))];
    expect(second.estimate).toBe(first.estimate);
    expect(second.intervals).toEqual(first.intervals);
    const keys = estimateKeys(new Map([['a', still]]), gapAt(60, 3));
    expect(keys.sum).toMatchObject({ estimate: first.estimate });
  });

  it('is the same whatever survived in the gap', () => {
    const series = shop(120, 2);
    const { data, ...whole } = estimated(series, gapAt(60, 3));
    const { data: dataOfHole, ...hole } = estimated(without(series, 60, 63), gapAt(60, 3));
    expect(hole).toEqual(whole);
    expect([data.survived, dataOfHole.survived]).toEqual([3, 0]);
  });

  it('of a gap at the end is extrapolated, and the series may end before it', () => {
    const series = shop(120, 3);
    const shorter = shop(117, 3);
    const result = estimated(shorter, gapAt(117, 3));
    expect(result.fidelity).toBe('extrapolated');
    expect(result.estimate).toBe(estimated(series, gapAt(117, 3)).estimate);
    expect(result.backtest.scores.map(({ method }) => method)).toContain('exponential-smoothing');
    expect(result.backtest.scores.map(({ method }) => method)).not.toContain('linear-interpolation');
  });

  it('widens a gap to whole slots', () => {
    const { data } = estimated(shop(120, 4), { from: monday + 60.5 * day, to: monday + 61.2 * day });
    expect([data.from, data.to, data.slots]).toEqual([monday + 60 * day, monday + 62 * day, 2]);
  });

  it('of a day with 25 hours adds all of them up', () => {
    const zone = 'Europe/Berlin';
    const start = Date.parse('2026-08-30T22:00:00Z');
    const random = randomOf(5);
    const rows = Array.from({ length: 100 * 24 }, (_, slot) => ({
      time: start + slot * hour,
      value: poisson(20, random),
    }));
    const series = regularSeries(rows, { step: 'hour', measure: 'count', zone });
    const result = estimateGap(series, { from: Date.parse('2026-10-24T22:00Z'), to: Date.parse('2026-10-25T23:00Z') });
    expect(result.data.slots).toBe(25);
  });

  it('of a level is its value at the end, and the path is chosen on the path', () => {
    const normal = normalOf(6);
    let level = 500;
    const walk = Array.from({ length: 200 }, () => (level += normal()));
    const series = seriesOf(200, (slot) => walk[slot], { measure: 'level', season: 1 });
    const end = estimated(series, gapAt(100, 4));
    expect(end).toMatchObject({ target: 'end', estimate: end.path.at(-1)?.estimate });
    expect(Math.abs(end.estimate - walk[103]!)).toBeLessThan(8);
    expect(estimated(series, gapAt(100, 4), { target: 'path' })).toMatchObject({ target: 'path', bands: 'all' });
    expect(() => estimateGap(series, gapAt(100, 4), { target: 'total' })).toThrow(/cannot be added up/);
  });

  it('has bands for all slots together that are wider than those for each', () => {
    const series = shop(150, 7);
    const width = (target: 'total' | 'path') =>
      estimated(series, gapAt(70, 5), { target }).path.reduce((total, { low, high }) => total + high - low, 0);
    expect(width('path')).toBeGreaterThan(width('total'));
  });

  it('keeps below zero what can be below zero, and cuts at zero what cannot', () => {
    const random = randomOf(8);
    const rare = Array.from({ length: 300 }, (_, slot) => poisson(0.3 * pattern('day', slot) ** 2, random));
    const counts = estimateGap(
      seriesOf(300, (slot) => rare[slot], { measure: 'count' }),
      gapAt(150, 2),
    );
    if (counts.status === 'estimated') for (const { low } of counts.intervals) expect(low).toBeGreaterThanOrEqual(0);
    const normal = normalOf(9);
    const flows = Array.from({ length: 200 }, (_, slot) => 100 * (pattern('day', slot) - 1.05) + 10 * normal());
    const result = estimated(
      seriesOf(200, (slot) => flows[slot]),
      gapAt(100, 1),
    );
    expect(result.data.isNonNegative).toBe(false);
    expect(result.assumptions.map(({ code }) => code)).not.toContain('non-negative');
  });

  it('uses 19 masks or more for 95 %, and is endless there below', () => {
    // 7 days on each side must be seen, and 16 days more can be masked.
    const result = estimated(shop(32, 10), gapAt(24, 1));
    expect(result.backtest.calibration).toBeGreaterThanOrEqual(9);
    expect(result.backtest.calibration).toBeLessThan(19);
    expect(result.intervals[2]!.high).toBe(Infinity);
    expect(Number.isFinite(result.intervals[1]!.high)).toBe(true);
    expect(result.assumptions.map(({ code }) => code)).toContain('few-masks');
    expect(result.method).toBe('autoregressions');
  });

  it('names outliers, keeps them, and says what the estimate would be without', () => {
    const series = shop(120, 11);
    const values = series.values.slice();
    values[53]! *= 4;
    const result = estimated({ ...series, values }, gapAt(60, 3));
    expect(result.data.outliers).toMatchObject([{ time: monday + 53 * day }]);
    const assumption = result.assumptions.find(({ code }) => code === 'outliers-belong');
    expect(assumption?.ifNot[0]).toBeLessThan(result.estimate);
  });

  it('lists what it takes for granted, with figures', () => {
    const result = estimated(shop(120, 12), gapAt(60, 3));
    const codes = result.assumptions.map(({ code }) => code);
    expect(codes).toEqual(expect.arrayContaining(['level-between', 'no-holiday', 'non-negative', 'phase-relaxed']));
    const holiday = result.assumptions.find(({ code }) => code === 'no-holiday')!.ifNot[0]!;
    expect(Math.abs(holiday / (3 * 600) - 1)).toBeLessThan(0.1);
    // The last of March lies in a gap at slot 85.
    expect(estimated(shop(120, 12), gapAt(84, 3)).assumptions.map(({ code }) => code)).toContain('month-end');
  });

  it('a holiday that is given is like a Sunday', () => {
    const date = new Date(monday + 60 * day).toISOString().slice(0, 10);
    const [plain, holiday] = [shop(120, 13), shop(120, 13, 0.05, { holidays: [date] })].map((series) =>
      estimated(series, gapAt(60, 1)),
    );
    expect(plain!.estimate).toBeGreaterThan(1100);
    expect(Math.abs(holiday!.estimate - 600)).toBeLessThan(60);
  });
});

describe('what is hardly a series', () => {
  it.each([0, 7])('all values are %i: the estimate is that, and it is said that nothing ever varied', (value) => {
    const result = estimated(
      seriesOf(120, () => value),
      gapAt(60, 3),
    );
    expect(result.estimate).toBeCloseTo(3 * value, 9);
    expect(result.assumptions.map(({ code }) => code)).toContain('no-variation');
  });

  it('one point, and a gap longer than the history, are refused', () => {
    expect(refusedWith(estimateGap(shop(1, 1), gapAt(1, 1)))).toBe('too-few-seasons');
    expect(refusedWith(estimateGap(shop(10, 1), gapAt(10, 30)))).toBe('gap-too-long');
  });

  it('a gap that is none, or in front of everything, is an error', () => {
    const series = shop(30, 1);
    const refused = expect.objectContaining({ code: 'invalid-argument' });
    expect(() => estimateGap(series, gapAt(20, -3))).toThrow(refused);
    expect(() => estimateGap(series, gapAt(20, 0))).toThrow(refused);
    expect(() => estimateGap(series, { from: NaN, to: Infinity })).toThrow(refused);
    expect(() => estimateGap(series, gapAt(-5, 2))).toThrow(refused);
    const hours = seriesOf(100, () => 1, { step: 'hour' });
    expect(() => estimateGap(series, gapAt(20, 1), { covariate: hours })).toThrow(refused);
  });

  it('numbers near 2^53 keep their size', () => {
    const result = estimated(
      seriesOf(120, (slot) => 2 ** 52 + pattern('day', slot) * 2 ** 40),
      gapAt(60, 1),
    );
    expect(Math.abs(result.estimate / 2 ** 52 - 1)).toBeLessThan(0.01);
  });
});

describe('a refusal, and its near twin that is none', () => {
  it('too few seasons: 13 known days, and 40', () => {
    const result = estimateGap(shop(14, 1), gapAt(14, 1));
    expect(refusedWith(estimateGap(shop(13, 1), gapAt(13, 1)))).toBe('too-few-seasons');
    expect(refusedWith(result)).not.toBe('too-few-seasons');
    expect(estimateGap(shop(13, 1), gapAt(13, 1))).toMatchObject({
      reason: { known: 13, needed: 14 },
      helps: [
        { kind: 'longer-history', slots: 1 },
        { kind: 'covariate' },
        { kind: 'state-season' },
        { kind: 'control-total' },
      ],
    });
    expect(refusedWith(estimateGap(shop(40, 1), gapAt(40, 1)))).toBe('estimated');
  });

  it('gap too long: nothing as long is known in one piece, and a day less of holes', () => {
    const holes = (each: number) => {
      const series = shop(140, 2);
      return { ...series, values: series.values.map((value, slot) => (slot % each === 0 ? NaN : value)) };
    };
    expect(estimateGap(holes(5), gapAt(61, 6))).toMatchObject({
      reason: { code: 'gap-too-long', gap: 6, longestKnown: 4 },
    });
    expect(refusedWith(estimateGap(holes(9), gapAt(61, 6)))).toBe('estimated');
  });

  it('too few masks: 8 and 9', () => {
    // At the end a week must be seen in front of each mask.
    const [few, enough] = [15, 16].map((length) => estimateGap(shop(length, 3), gapAt(length, 1)));
    expect(few).toMatchObject({ reason: { code: 'too-few-masks', masks: 8, needed: 9 } });
    expect(refusedWith(enough!)).toBe('estimated');
  });

  it('no skill: noise without a week or a level, and the same with a week', () => {
    let refused = 0;
    for (let seed = 100; seed < 120; seed++) {
      const normal = normalOf(seed);
      const noise = Array.from({ length: 200 }, () => 1000 + 100 * normal());
      const flat = estimateGap(
        seriesOf(200, (slot) => noise[slot]),
        gapAt(100, 3),
      );
      if (flat.status === 'refused') {
        refused++;
        expect(flat.reason.code).toBe('no-skill');
        expect(flat.backtest?.scores.length).toBeGreaterThan(5);
      }
      const weekly = seriesOf(200, (slot) => noise[slot]! * pattern('day', slot));
      expect(refusedWith(estimateGap(weekly, gapAt(100, 3)))).toBe('estimated');
    }
    // Forty masks of noise let a method look skilled now and then.
    expect(refused).toBeGreaterThanOrEqual(8);
  });

  it('too wide: the limit a hair below the width, and a hair above', () => {
    const series = shop(120, 5);
    const { estimate, intervals } = estimated(series, gapAt(60, 3));
    const width = (intervals[1]!.high - estimate) / estimate;
    const result = estimateGap(series, gapAt(60, 3), { maxWidth: width * 0.999 });
    expect(result).toMatchObject({ reason: { code: 'too-wide' }, helps: [{}, {}, { kind: 'allow-width' }] });
    expect(refusedWith(estimateGap(series, gapAt(60, 3), { maxWidth: width * 1.001 }))).toBe('estimated');
  });

  it('a level shift inside of the gap, and the same where levels always move so', () => {
    const series = shop(150, 6);
    const shifted = (at: readonly number[]) => ({
      ...series,
      values: series.values.map((value, slot) => (at.filter((of) => slot >= of).length % 2 === 1 ? value * 2 : value)),
    });
    expect(refusedWith(estimateGap(shifted([75]), gapAt(74, 3)))).toBe('level-shift');
    expect(refusedWith(estimateGap(shifted([30, 75, 110]), gapAt(74, 3)))).not.toBe('level-shift');
    expect(refusedWith(estimateGap(shifted([40]), gapAt(74, 3)))).toBe('estimated');
  });

  it('a demand that the incident changed, and the same with a covariate', () => {
    const series = shop(200, 7);
    const normal = normalOf(70);
    const other = seriesOf(
      200,
      (slot) => series.values[slot]! * 0.1 * (1 + 0.02 * normal()) * (slot >= 100 && slot < 103 ? 0.5 : 1),
    );
    expect(refusedWith(estimateGap(series, gapAt(100, 3), { demandChanged: true }))).toBe('demand-changed');
    const result = estimated(series, gapAt(100, 3), { demandChanged: true, covariate: other });
    expect(result.method).toBe('covariate-ratio');
    const truth = sum(series, 100, 3) / 2;
    expect(Math.abs(result.estimate / truth - 1)).toBeLessThan(0.2);
    // What was never seen in the history: the interval holds what is proportional as well.
    expect(result.intervals[0]!.low).toBeLessThan(truth * 1.02);
    expect(result.assumptions.map(({ code }) => code)).toContain('covariate-elasticity');
    expect(
      refusedWith(estimateGap(series, gapAt(100, 3), { covariate: without(other, 101, 102), demandChanged: true })),
    ).toBe('demand-changed');
  });
});

describe('intervals over many gaps', () => {
  it.each([21, 22])('hold as often as they say, for a shop whose days are alike for a while, seed %i', (seed) => {
    const normal = normalOf(seed);
    let [gaps, held] = [0, [0, 0, 0]];
    for (let trial = 0; trial < 150; trial++) {
      let level = 0;
      // Errors that go on for days: independent ones would make intervals of totals too narrow.
      const levels = Array.from({ length: 160 }, () => (level = 0.8 * level + 0.05 * normal()));
      const series = seriesOf(160, (slot) => 1000 * pattern('day', slot) * (1 + levels[slot]!));
      const from = 60 + (trial % 40);
      const result = estimateGap(series, gapAt(from, 3));
      if (result.status === 'refused') continue;
      gaps++;
      const truth = sum(series, from, 3);
      held = held.map((count, at) => {
        const { low, high } = result.intervals[at]!;
        return count + (low <= truth && truth <= high ? 1 : 0);
      });
    }
    expect(gaps).toBeGreaterThan(140);
    [0.8, 0.9, 0.95].forEach((level, at) => {
      // Three standard errors of a share of 150.
      const tolerance = 3 * Math.sqrt((level * (1 - level)) / gaps);
      expect(held[at]! / gaps).toBeGreaterThan(level - tolerance);
      expect(held[at]! / gaps).toBeLessThan(Math.min(1, level + tolerance + 0.02));
    });
  });
});

describe('a level at the end', () => {
  const orders = (seed: number, length: number) => {
    const random = randomOf(seed);
    let sold = 10_000;
    // What a shop sold so far: one count on the other, by the day of the week.
    return Array.from({ length }, (_, slot) => (sold += poisson(40 * pattern('day', slot), random)));
  };

  it('goes on from where it stood, by the changes of its days', () => {
    const sold = orders(3, 107);
    const series = seriesOf(100, (slot) => sold[slot], { measure: 'level' });
    const result = estimateGap(series, gapAt(100, 7), { target: 'end' });
    expect(result).toMatchObject({ status: 'estimated', method: 'level-changes-4', fidelity: 'extrapolated' });
    if (result.status === 'refused') return;
    expect(Math.abs(result.estimate - sold[106]!)).toBeLessThan(60);
    const { low, high } = result.intervals[1]!;
    expect(high - low).toBeLessThan(300);
  });

  it('goes on by all changes where none of its own day is known', () => {
    const series = seriesOf(40, (slot) => (slot % 7 === 3 ? undefined : 100 + 5 * slot), { measure: 'level' });
    const result = estimateGap(series, gapAt(40, 2), { target: 'end' });
    expect(result).toMatchObject({ status: 'estimated', estimate: 305 });
  });

  it.each([31, 32])('lies in the interval as often as that says, whether it grows or wanders, seed %i', (seed) => {
    const normal = normalOf(seed);
    let [told, held] = [0, 0];
    for (let trial = 0; trial < 200; trial++) {
      const [known, lost] = [60 + (trial % 60), 1 + (trial % 4)];
      let balance = 5_000;
      const wandering = Array.from({ length: known + lost }, () => (balance += 20 * normal()));
      const levels = trial % 2 === 0 ? wandering : orders(1000 * seed + trial, known + lost);
      const series = seriesOf(known, (slot) => levels[slot], { measure: 'level' });
      const result = estimateGap(series, gapAt(known, lost), { target: 'end' });
      if (result.status === 'refused') continue;
      told++;
      const { low, high } = result.intervals[1]!;
      if (low <= levels.at(-1)! && levels.at(-1)! <= high) held++;
    }
    expect(told).toBeGreaterThan(170);
    // Three standard errors of a share of 200; where few masks do not overlap, intervals are wider than they say.
    expect(held / told).toBeGreaterThan(0.9 - 0.064);
    expect(held / told).toBeLessThan(0.98);
  });
});
