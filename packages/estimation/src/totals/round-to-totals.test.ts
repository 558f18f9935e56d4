import fc from 'fast-check';
import { expect, test } from 'vitest';
import { allocateCounts } from './allocate-counts.js';
import { sumTerms, totalOf, type LinearTotal } from './linear-total.js';
import { reconcile, type Reconciled } from './reconcile.js';
import { roundToTotals } from './round-to-totals.js';

function expectRounded(values: ArrayLike<number>, totals: readonly LinearTotal[]): void {
  const rounded = roundToTotals(values, totals);
  expect(rounded).not.toBeNull();
  for (const total of totals) expect(sumTerms(total, rounded!)).toBe(total.value);
  rounded!.forEach((value, at) => {
    expect(Number.isInteger(value)).toBe(true);
    expect(Math.abs(value - values[at]!)).toBeLessThan(1);
  });
}

test('a table of reconciled cents adds up in rows, columns and in all', () => {
  const cell = fc.integer({ min: 0, max: 500_000 });
  const table = fc.array(fc.array(cell, { minLength: 4, maxLength: 4 }), { minLength: 3, maxLength: 3 });
  fc.assert(
    fc.property(table, table, (truth, guess) => {
      const place = (row: number, column: number): number => row * 4 + column;
      const rows = truth.map((line, row) => {
        const places = line.map((_, column) => place(row, column));
        return totalOf(
          `row ${row}`,
          places,
          line.reduce((sum, entry) => sum + entry, 0),
        );
      });
      const columns = [0, 1, 2, 3].map((column) => {
        const places = truth.map((_, row) => place(row, column));
        return totalOf(
          `column ${column}`,
          places,
          truth.reduce((sum, line) => sum + line[column]!, 0),
        );
      });
      const values = guess.flat();
      const covariance = values.map((value, row) => values.map((_, column) => (row === column ? value + 1 : 0)));
      const result = reconcile({ values, covariance, isNonNegative: true }, [...rows, ...columns]);
      expect(result.status).toBe('reconciled');
      expectRounded((result as Extract<Reconciled, { status: 'reconciled' }>).values, [...rows, ...columns]);
    }),
    { numRuns: 60 },
  );
});

test('totals within totals hold after rounding', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 50, noNaN: true }), { minLength: 8, maxLength: 8 }), (values) => {
      const sumOf = (from: number, to: number) => values.slice(from, to).reduce((sum, value) => sum + value, 0);
      // Scaled so that halves and the whole are whole numbers.
      const halves = [Math.round(sumOf(0, 4)) + 1, Math.round(sumOf(4, 8)) + 1];
      const scaled = values.map((value, at) => {
        const sum = sumOf(at < 4 ? 0 : 4, at < 4 ? 4 : 8);
        return sum === 0 ? halves[at < 4 ? 0 : 1]! / 4 : (value / sum) * halves[at < 4 ? 0 : 1]!;
      });
      expectRounded(scaled, [
        totalOf('first', [0, 1, 2, 3], halves[0]!),
        totalOf('second', [4, 5, 6, 7], halves[1]!),
        totalOf('all', [0, 1, 2, 3, 4, 5, 6, 7], halves[0]! + halves[1]!),
      ]);
    }),
  );
});

test('values of no total are rounded to the nearest', () => {
  expect([...roundToTotals([1.4, 1.6, 2.5], [totalOf('last', [2], 3)])!]).toEqual([1, 2, 3]);
});

test('totals that no whole numbers keep are not rounded to, and totals that are not whole are an error', () => {
  const odd = [totalOf('ab', [0, 1], 1), totalOf('bc', [1, 2], 1), totalOf('ca', [2, 0], 1)];
  expect(roundToTotals([0.5, 0.5, 0.5], odd)).toBeNull();
  expect(() => roundToTotals([0.5], [totalOf('a', [0], 0.5)])).toThrow(
    expect.objectContaining({ code: 'invalid-argument' }),
  );
});

test('counts of a known total are shared out by the largest remainders', () => {
  const { counts, covariance } = allocateCounts([21.878, 9.713, 4.167, 3.252, 0.99], 41);
  expect([...counts]).toEqual([23, 10, 4, 3, 1]);
  const variances = covariance.map((row, at) => row[at]!);
  expect(variances.every((variance) => variance > 0)).toBe(true);
  for (const row of covariance) expect(row.reduce((sum, entry) => sum + entry, 0)).toBeCloseTo(0, 9);
});

test('counts add up, whatever is expected', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1 }),
      fc.nat(100_000),
      (expected, total) => {
        fc.pre(expected.some((weight) => weight > 1e-3));
        const sum = expected.reduce((all, weight) => all + weight, 0);
        const { counts } = allocateCounts(expected, total);
        expect(counts.reduce((all, count) => all + count, 0)).toBe(total);
        counts.forEach((count, at) => expect(Math.abs(count - (expected[at]! / sum) * total)).toBeLessThan(1));
      },
    ),
  );
});

test('the covariance of counts is that of independent counts of which the sum is known', () => {
  // Two independent Poisson counts with means 2 and 6, given that they come to 4: binomial with 1/4.
  const { covariance } = allocateCounts([2, 6], 4);
  expect(covariance.map((row) => [...row])).toEqual([
    [0.75, -0.75],
    [-0.75, 0.75],
  ]);
});

test.each([
  [[0, 0], 3],
  [[1, -1], 3],
  [[1, NaN], 3],
  [[1], 2.5],
  [[1], -1],
])('%j and %d cannot be shared out', (expected, total) => {
  expect(() => allocateCounts(expected, total)).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
});
