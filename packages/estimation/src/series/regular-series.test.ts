import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { slotEdges, slotStart } from './grid.js';
import { extendSeries, regularSeries, sameGrid } from './regular-series.js';

const hour = 3_600_000;
const at = (text: string) => Date.parse(text);
const values = (of: { values: Float64Array }) => [...of.values];

describe('a regular series', () => {
  it('takes rows in any order; a slot without a row is missing, and never zero', () => {
    const rows = ['2026-03-04', '2026-03-01', '2026-03-02'].map((date, value) => ({ time: at(date), value }));
    expect(values(regularSeries(rows, { step: 'day', measure: 'sum' }))).toEqual([1, 2, NaN, 0]);
  });

  it('counts and adds events; only between the first and the last a slot without any is zero', () => {
    const rows = [
      '2026-03-01T05:00Z',
      '2026-03-02T01:00Z',
      '2026-03-02T02:00Z',
      '2026-03-04T01:00Z',
      '2026-03-05T01:00Z',
    ];
    const events = rows.map((time) => ({ time: at(time), value: 10 }));
    const settings = { step: 'day', rows: 'events' } as const;
    expect(values(regularSeries(events, { ...settings, measure: 'sum' }))).toEqual([NaN, 20, 0, 10, NaN]);
    const complete = { from: at('2026-02-28'), to: at('2026-03-06') };
    expect(values(regularSeries(events, { ...settings, measure: 'count', complete }))).toEqual([0, 1, 2, 0, 1, 1]);
  });

  it('has days of 23 and 25 hours where clocks are changed, and the same hour keeps its phase', () => {
    const zone = 'Europe/Berlin';
    for (const [date, hours] of [
      ['2026-03-29', 23],
      ['2026-10-25', 25],
      ['2026-06-01', 24],
    ] as const) {
      const start = slotStart(at(`${date}T12:00Z`), 'day', zone);
      expect(slotEdges(start, start + 12 * hour, 'day', zone)[1]! - start).toBe(hours * hour);
    }
    const time = at('2026-03-27T00:00Z');
    const hourly = Array.from({ length: 7 * 24 }, (_, slot) => ({ time: time + slot * hour, value: slot }));
    const { marks, phases } = regularSeries(hourly, { step: 'hour', measure: 'sum', zone });
    const nines = marks.map(({ hour: of }, slot) => ({ of, slot })).filter(({ of }) => of === 9);
    expect(nines.map(({ slot }) => phases[slot]! % 24)).toEqual(nines.map(() => 9));
    // Across the change the same hour is 23 slots further, not 24.
    expect(nines.map(({ slot }, index) => slot - (nines[index - 1]?.slot ?? NaN)).slice(1)).toContain(23);
  });

  it('begins a day at the first moment that clocks show where they skip midnight', () => {
    // In Beirut clocks went from 23:59 to 1:00 on 27 March 2022.
    const start = slotStart(at('2022-03-27T10:00Z'), 'day', 'Asia/Beirut');
    expect(new Date(start).toISOString()).toBe('2022-03-26T22:00:00.000Z');
    const edges = slotEdges(at('2022-03-25T00:00Z'), at('2022-03-29T00:00Z'), 'day', 'Asia/Beirut');
    expect(edges.slice(1).map((edge, index) => (edge - edges[index]!) / hour)).toEqual([24, 24, 23, 24, 24]);
  });

  it('has months and weeks of the calendar', () => {
    const edges = slotEdges(at('2026-01-31'), at('2026-03-02'), 'month', 'UTC');
    expect(edges.map((edge) => new Date(edge).toISOString().slice(0, 10))).toEqual([
      '2026-01-01',
      '2026-02-01',
      '2026-03-01',
      '2026-04-01',
    ]);
    expect(new Date(slotStart(at('2026-03-01T23:00Z'), 'week', 'UTC')).toISOString().slice(0, 10)).toBe('2026-02-23');
  });

  it('edges rise, hold every time, and no slot is longer than its step', () => {
    const zones = [
      'UTC',
      'Europe/Berlin',
      'America/St_Johns',
      'Australia/Lord_Howe',
      'America/Sao_Paulo',
      'Asia/Kolkata',
    ];
    const most = { hour, day: 25 * hour, week: 169 * hour, month: 745 * hour };
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.constantFrom('hour', 'day', 'week', 'month'),
        fc.integer({ min: at('2000-01-01'), max: at('2030-01-01') }),
        fc.integer({ min: 1, max: 40 * 24 * hour }),
        (zone, step, from, width) => {
          // Its clocks are changed by half an hour: hours of the grid go on from there.
          if (zone === 'Australia/Lord_Howe' && step === 'hour') return;
          const edges = slotEdges(from, from + width, step, zone);
          expect(edges[0]!).toBeLessThanOrEqual(from);
          expect(edges.at(-1)!).toBeGreaterThanOrEqual(from + width);
          for (let slot = 1; slot < edges.length; slot++) {
            expect(edges[slot]!).toBeGreaterThan(edges[slot - 1]!);
            expect(edges[slot]! - edges[slot - 1]!).toBeLessThanOrEqual(most[step]);
            expect(slotStart(edges[slot]! - 1, step, zone)).toBe(edges[slot - 1]);
          }
        },
      ),
      { numRuns: 80 },
    );
  });

  it('holds the increments of a counter, with its resets, and nothing behind a hole', () => {
    const readings = [100, 130, 130, 20, undefined, 70, 90];
    const rows = readings.flatMap((value, slot) => (value === undefined ? [] : [{ time: slot * hour, value }]));
    const series = regularSeries(rows, { step: 'hour', measure: 'counter' });
    expect(values(series)).toEqual([NaN, 30, 0, 20, NaN, NaN, 20]);
    expect(series.resets).toEqual([3]);
  });

  it('notices that a counter began anew between two readings of one slot', () => {
    const readings = [90, 100, 110, 5, 120, 3, 130];
    const rows = readings.map((value, at) => ({ time: (at * hour) / 2, value }));
    const series = regularSeries(rows, { step: 'hour', measure: 'counter' });
    // Hours: 90 100 | 110 5 | 120 3 | 130.
    expect(values(series)).toEqual([NaN, 10 + 5, 115 + 3, 127]);
    expect(series.resets).toEqual([1, 2]);
  });

  it('marks weekdays, holidays and ends of months, and takes a holiday for a Sunday', () => {
    const rows = Array.from({ length: 10 }, (_, slot) => ({ time: at('2026-04-24') + slot * 24 * hour, value: 1 }));
    const { marks, phases } = regularSeries(rows, { step: 'day', measure: 'sum', holidays: ['2026-05-01'] });
    expect(marks.filter(({ isMonthEnd }) => isMonthEnd).map(({ date }) => date)).toEqual(['2026-04-30']);
    expect(marks.filter(({ isHoliday }) => isHoliday)).toMatchObject([{ date: '2026-05-01', weekday: 4 }]);
    expect([...phases]).toEqual([4, 5, 6, 0, 1, 2, 3, 6, 5, 6]);
  });

  it('is the same whether it was continued or reached as far from the beginning', () => {
    const rows = Array.from({ length: 100 }, (_, slot) => ({ time: at('2026-03-26') + slot * hour, value: slot }));
    for (const settings of [{ zone: 'Europe/Berlin', holidays: ['2026-03-30'] }, { season: 9 }]) {
      const whole = regularSeries(rows, { step: 'hour', measure: 'sum', ...settings });
      const part = regularSeries(rows.slice(0, 60), { step: 'hour', measure: 'sum', ...settings });
      const { edges, marks, phases } = extendSeries(part, whole.edges.at(-1)!);
      expect({ edges, marks, phases }).toEqual({ edges: whole.edges, marks: whole.marks, phases: whole.phases });
    }
  });

  it('continues on its grid, and puts several onto one', () => {
    const zone = 'Europe/Berlin';
    const start = slotStart(at('2026-10-20T12:00Z'), 'day', zone);
    const one = regularSeries([{ time: start, value: 1 }], { step: 'day', measure: 'sum', zone });
    const longer = extendSeries(one, at('2026-10-27T12:00Z'));
    expect(longer.values).toHaveLength(8);
    expect([...longer.phases]).toEqual([1, 2, 3, 4, 5, 6, 0, 1]);
    const later = regularSeries([{ time: at('2026-10-23T12:00Z'), value: 2 }], { step: 'day', measure: 'sum', zone });
    const both = sameGrid(
      new Map([
        ['a', one],
        ['b', later],
      ]),
      0,
    );
    expect([...both.values()].map(values)).toEqual([
      [1, NaN, NaN, NaN],
      [NaN, NaN, NaN, 2],
    ]);
    const hourly = regularSeries([{ time: start, value: 1 }], { step: 'hour', measure: 'sum', zone });
    expect(() =>
      sameGrid(
        new Map([
          ['a', one],
          ['b', hourly],
        ]),
        0,
      ),
    ).toThrow(/different steps/);
  });
});

describe('what no series is made of', () => {
  const settings = { step: 'day', measure: 'sum' } as const;
  const row = (value: number, time = 0) => ({ time, value });
  it.each([
    ['no observations', [], settings, 'unusable-series', /no observations/],
    ['NaN', [row(NaN)], settings, 'unusable-series', /finite/],
    ['an infinity', [row(-Infinity)], settings, 'unusable-series', /finite/],
    ['a time that is none', [row(1, NaN)], settings, 'unusable-series', /finite/],
    ['two rows of one day', [row(1), row(1, hour)], settings, 'unusable-series', /two rows .*1970-01-01/],
    ['a negative count', [row(-1)], { ...settings, measure: 'count' }, 'unusable-series', /count is negative/],
    ['a negative counter', [row(-1)], { ...settings, measure: 'counter' }, 'unusable-series', /counter is negative/],
    ['a number beyond 2^53', [row(2 ** 53 + 2)], settings, 'unusable-series', /2\^53/],
    ['a sum beyond 2^53', [row(2 ** 53), row(2, 1)], { ...settings, rows: 'events' }, 'unusable-series', /2\^53/],
    ['an unknown zone', [row(1)], { ...settings, zone: 'Europe/Atlantis' }, 'invalid-argument', /Europe\/Atlantis/],
    ['half a season', [row(1)], { ...settings, season: 1.5 }, 'invalid-argument', /1\.5/],
    [
      'a date far in the future',
      [row(1), row(1, at('9999-01-01'))],
      { ...settings, step: 'hour' },
      'unusable-series',
      /million/,
    ],
  ] as const)('%s', (_, rows, given, code, message) => {
    expect(() => regularSeries(rows, given)).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) }),
    );
  });

  it('2^53 itself is fine', () => {
    expect(values(regularSeries([row(2 ** 53)], settings))).toEqual([2 ** 53]);
  });
});
