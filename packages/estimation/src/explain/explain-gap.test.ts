import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import type { Booking } from '../arithmetic/booking.js';
import { money } from '../arithmetic/money.js';
import { parsePeriod } from '../series/calendar-period.js';
import { regularSeries } from '../series/regular-series.js';
import { compareBooks } from './compare-books.js';
import { coverGap, type KnownSpan } from './cover-gap.js';
import { explainGap, type GapToExplain } from './explain-gap.js';
import { fitToTotals } from './fit-to-totals.js';
import { levelHolding } from './level-holding.js';

const day = 86_400_000;
const euros = (amount: string) => money(amount, 'EUR');
const begin = Date.UTC(2026, 6, 1);
const gap = { from: Date.UTC(2026, 10, 3), to: Date.UTC(2026, 10, 6) };
const inGap = ({ time }: { readonly time: number }): boolean => time >= gap.from && time < gap.to;

/** One booking a day from July to November, 10.01 on the first of them, a cent more each day. */
const whole = Array.from({ length: 153 }, (_, n): Booking => ({
  ...{ id: `b${n}`, key: null, type: 'sale', time: begin + n * day },
  amount: euros(`${10 + Math.floor((n + 1) / 100)}.${String((n + 1) % 100).padStart(2, '0')}`),
}));
const kept = whole.filter((booking) => !inGap(booking));
const cents = (bookings: readonly Booking[]): number =>
  bookings.reduce((sum, { amount }) => sum + Math.round(Number(amount.amount) * 100), 0);
const within = (name: string) => {
  const { from, to } = parsePeriod(name, 'UTC');
  return whole.filter(({ time }) => time >= from && time < to);
};
const totalOf = (name: string, of = 'the bank', more = 0) => ({
  ...parsePeriod(name, 'UTC'),
  ...{ total: euros(((cents(within(name)) + more) / 100).toFixed(2)), of },
});
const months = ['2026-07', '2026-08', '2026-09', '2026-10', '2026-11'];

function explain(change: Partial<GapToExplain> = {}) {
  const bookings = change.bookings ?? kept;
  const series = regularSeries(
    [...new Set(bookings)].map(({ time, amount }) => ({ time, value: Number(amount.amount) })),
    { step: 'day', measure: 'sum' },
  );
  return explainGap({
    ...{ series, gap, bookings, currency: 'EUR', definition: { adds: null } },
    totals: months.map((name) => totalOf(name)),
    ...change,
  });
}

const lost = (cents(whole.filter(inGap)) / 100).toFixed(2);

describe('what totals leave for a gap', () => {
  it('is exact where the total of its month is what its rows add up to in earlier months', () => {
    const { amount, check, periods, contradiction, unused } = explain();
    expect(amount).toMatchObject({ status: 'exact', amount: { amount: money(lost, 'EUR').amount } });
    expect(check).toMatchObject({ outcome: 'holds' });
    expect(check.periods.map(({ name }) => name)).toEqual(months.slice(0, 4));
    expect(periods).toHaveLength(1);
    expect([contradiction, unused]).toEqual([[], []]);
  });

  it('is nothing certain without earlier totals, and bounded where they leave out one and the same', () => {
    expect(explain({ totals: [totalOf('2026-11')] })).toMatchObject({
      amount: { status: 'unknown' },
      periods: [{ result: { status: 'refused', reason: { code: 'definition-unchecked', periods: 0, needed: 3 } } }],
    });
    const totals = months.map((name) => totalOf(name, 'the bank', -490));
    expect(explain({ totals }).amount.status).toBe('unknown');
    const { amount } = explain({ totals, within: euros('4.90') });
    expect(amount).toMatchObject({ status: 'bounded', low: { amount: money(lost, 'EUR').amount } });
  });

  it('is not made of a total whose period lacks another slot, or goes on behind the rows', () => {
    const without = kept.filter(({ time }) => time !== Date.UTC(2026, 10, 17));
    expect(explain({ bookings: without }).periods[0]!.result).toMatchObject({
      ...{ status: 'unusable', reason: { code: 'slots-missing', slots: 1, first: Date.UTC(2026, 10, 17) } },
    });
    const short = kept.filter(({ time }) => time < Date.UTC(2026, 10, 25));
    expect(explain({ bookings: short }).periods[0]!.result).toMatchObject({
      reason: { code: 'not-reached', side: 'end', known: Date.UTC(2026, 10, 25) },
    });
    const complete = explain({ bookings: short, completeTo: Date.UTC(2026, 11, 1) });
    expect(complete.periods[0]!.result.status).toBe('exact');
    const early = explain({ totals: [...months, '2026-06', '2026-Q2'].map((name) => totalOf(name)) });
    expect(early.unused.map(({ total, reason }) => [total.name, reason.code])).toEqual([
      ['2026-06', 'not-reached'],
      ['2026-Q2', 'not-reached'],
    ]);
  });

  it('is made of the totals of days where no month has one, and names those that cannot hold together', () => {
    const days = ['2026-11-03', '2026-11-04', '2026-11-05'].map((name) => totalOf(name));
    const earlier = months.slice(0, 4).map((name) => totalOf(name));
    expect(explain({ totals: [...earlier, ...days] }).amount).toMatchObject({
      ...{ status: 'exact', amount: { amount: money(lost, 'EUR').amount } },
      parts: [{ name: '2026-11-03 (the bank)' }, {}, {}],
    });
    const wrong = explain({
      totals: [...months.map((name) => totalOf(name)), totalOf('2026-11-04', 'a clerk', 100_000)],
    });
    expect(wrong.amount).toEqual({ status: 'contradicting' });
    expect(wrong.contradiction.map((name) => name.replace(/:.*/, ''))).toEqual([
      '2026-11 (the bank)',
      '2026-11-04 (a clerk)',
    ]);
    const twice = explain({ totals: [...months.map((name) => totalOf(name)), totalOf('2026-08', 'a clerk', 1)] });
    expect([twice.amount.status, twice.contradiction.length]).toEqual(['contradicting', 2]);
  });

  it('counts what survived inside of the gap to what it came to, and an id only once', () => {
    const survivor = whole.find(inGap)!;
    const { amount, survived, repeated } = explain({ bookings: [...kept, survivor, survivor] });
    expect(amount).toMatchObject({ status: 'exact', amount: { amount: money(lost, 'EUR').amount } });
    expect([survived.length, repeated]).toEqual([1, 1]);
  });
});

test('totals that follow upon each other cover a gap, those without a doubt first (property)', () => {
  const known = fc.record({
    from: fc.integer({ min: 0, max: 5 }),
    length: fc.integer({ min: 1, max: 6 }),
    isExact: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(known, { maxLength: 8 }), (spans) => {
      const all = spans.flatMap(({ from, length, isExact }): KnownSpan[] =>
        from + length > 6
          ? []
          : [
              {
                name: '',
                span: { from, to: from + length },
                low: euros(String(length)),
                high: euros(String(length)),
                isExact,
              },
            ],
      );
      const amount = coverGap(all, 6);
      /** Every way, tried one by one. */
      const ways = (at: number): number[] =>
        at === 6
          ? [0]
          : all
              .filter(({ span }) => span.from === at)
              .flatMap(({ span, isExact }) => ways(span.to).map((doubts) => doubts + (isExact ? 0 : 1)));
      const least = Math.min(...ways(0));
      expect(amount.status).toBe(least === Infinity ? 'unknown' : least === 0 ? 'exact' : 'bounded');
      if (amount.status === 'exact') expect(amount.amount.amount).toBe('6');
    }),
  );
});

test('a path is moved until it adds up, and history is held against what is known', () => {
  const path = [1, 2, 3].map((estimate, at) => ({ from: at, to: at + 1, estimate, low: 0, high: 9 }));
  const { amount } = explain();
  const fitted = fitToTotals(path, amount)!;
  expect(fitted.reduce((sum, value) => sum + value, 0)).toBeCloseTo(Number(lost), 9);
  expect(
    fitToTotals(
      path.map((slot) => ({ ...slot, estimate: 0 })),
      amount,
    ),
  ).toBeNull();
  const interval = (level: number, half: number) => ({ level, low: Number(lost) - half, high: Number(lost) + half });
  expect(levelHolding([interval(0.8, 1), interval(0.9, 2)], amount)).toBe(0.8);
  expect(levelHolding([interval(0.8, -1), interval(0.9, 2)], amount)).toBe(0.9);
  expect(levelHolding([interval(0.8, -1)], amount)).toBeNull();
});

test('what only the other side has is of the gap where it was booked in it, or soon behind it', () => {
  const books = {
    ...{ currency: 'EUR', gap, period: parsePeriod('2026-11', 'UTC'), within: 2 * day, fees: ['fee'] },
    ours: kept,
    theirs: [
      ...whole.map((booking) => (inGap(booking) ? { ...booking, time: booking.time + day } : booking)),
      { id: null, key: null, time: gap.from, type: 'fee', amount: euros('-4.90') },
      { id: 'other', key: null, time: gap.to + 10 * day, type: null, amount: euros('7') },
    ],
  };
  const { ofGap, onlyTheirs, onlyOurs, residual, isClosingKnown } = compareBooks(books);
  expect(ofGap.amount.amount).toBe(money(lost, 'EUR').amount);
  expect([ofGap.bookings.length, onlyTheirs.length, onlyOurs.length, isClosingKnown]).toEqual([3, 4, 0, false]);
  expect(residual.amount).toBe('0');
  const balanced = compareBooks({ ...books, closing: euros('1000') });
  expect(balanced.isClosingKnown).toBe(true);
  expect(balanced.residual.amount).not.toBe('0');
});

test.each([
  ['2026', '2026-01-01', '2027-01-01'],
  ['2026-Q4', '2026-10-01', '2027-01-01'],
  ['2024-02', '2024-02-01', '2024-03-01'],
  ['2026-12-31', '2026-12-31', '2027-01-01'],
])('the period %s', (name, from, to) => {
  expect(parsePeriod(name, 'UTC')).toEqual({ name, from: Date.parse(from), to: Date.parse(to) });
});

test('a day in which clocks are changed has 25 hours, and a period that is none is refused', () => {
  const { from, to } = parsePeriod('2026-10-25', 'Europe/Berlin');
  expect((to - from) / 3_600_000).toBe(25);
  for (const name of ['', '2026-13', '2026-02-30', '2026-Q5', '11/2026', '26-11', '2026-11-03..2026-11-05'])
    expect(() => parsePeriod(name, 'UTC')).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
});
