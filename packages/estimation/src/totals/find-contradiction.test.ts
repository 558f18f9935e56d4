import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findContradiction } from './find-contradiction.js';
import { totalOf, type LinearTotal } from './linear-total.js';

const values = 4;

/** By trying: totals can hold if some choice of values, all others zero, solves them. */
function canHold(totals: readonly LinearTotal[]): boolean {
  for (let chosen = 0; chosen < 2 ** values; chosen++) {
    const places = [0, 1, 2, 3].filter((at) => (chosen >> at) & 1);
    const rows = totals.map(({ terms, value }) => [
      ...places.map((place) => terms.reduce((sum, { at, factor = 1 }) => sum + (at === place ? factor : 0), 0)),
      value,
    ]);
    const solution = solve(rows, places.length);
    if (solution !== null && solution.every((value) => value >= -1e-9)) return true;
  }
  return false;
}

/** The one solution of equations; null where there is none or more. */
function solve(rows: number[][], unknowns: number): readonly number[] | null {
  for (let column = 0; column < unknowns; column++) {
    const pivot = rows.findIndex((row, at) => at >= column && Math.abs(row[column]!) > 1e-9);
    if (pivot < 0) return null;
    [rows[column], rows[pivot]] = [rows[pivot]!, rows[column]!];
    for (const [at, row] of rows.entries()) {
      if (at === column) continue;
      const factor = row[column]! / rows[column]![column]!;
      for (let to = 0; to <= unknowns; to++) row[to]! -= factor * rows[column]![to]!;
    }
  }
  if (rows.slice(unknowns).some((row) => Math.abs(row[unknowns]!) > 1e-9)) return null;
  return rows.slice(0, unknowns).map((row, at) => row[unknowns]! / row[at]!);
}

const total = fc.record({
  terms: fc.uniqueArray(
    fc.record({ at: fc.integer({ min: 0, max: values - 1 }), factor: fc.constantFrom(1, 1, 1, -1, 2) }),
    {
      minLength: 1,
      selector: ({ at }) => at,
    },
  ),
  value: fc.integer({ min: -3, max: 9 }),
});

test('a set is named exactly if the totals cannot hold, it cannot itself, and every part of it can', () => {
  fc.assert(
    fc.property(fc.array(total, { minLength: 1, maxLength: 5 }), (made) => {
      const totals = made.map((entry, at) => ({ ...entry, name: `t${at}` }));
      const named = findContradiction(totals, { isNonNegative: true });
      expect(named.length > 0).toBe(!canHold(totals));
      if (named.length === 0) return;
      const set = totals.filter(({ name }) => named.includes(name));
      expect(canHold(set)).toBe(false);
      for (const left of set) expect(canHold(set.filter((entry) => entry !== left))).toBe(true);
    }),
    { numRuns: 500 },
  );
});

test('one cent in a hundred million is a contradiction, and the noise of doubles is none', () => {
  const parts = [totalOf('a', [0], 100_000_000.1), totalOf('b', [1], 0.2)];
  const bounds = { isNonNegative: false };
  expect(findContradiction([...parts, totalOf('sum', [0, 1], 100_000_000.3)], bounds)).toEqual([]);
  expect(findContradiction([...parts, totalOf('sum', [0, 1], 100_000_000.31)], bounds)).toEqual(['a', 'b', 'sum']);
  expect(
    findContradiction([totalOf('a', [0], 0.1), totalOf('b', [1], 0.2), totalOf('s', [0, 1], 0.1 + 0.2)], bounds),
  ).toEqual([]);
});

test('a part that is larger than the whole contradicts it only where nothing is below zero', () => {
  const totals = [totalOf('Berlin', [0], 7), totalOf('Germany', [0, 1], 5), totalOf('France', [2], 1)];
  expect(findContradiction(totals, { isNonNegative: true })).toEqual(['Berlin', 'Germany']);
  expect(findContradiction(totals, { isNonNegative: false })).toEqual([]);
});

test('a total that is not certain contradicts nothing', () => {
  const about = { ...totalOf('about', [0], 9), variance: 1 };
  expect(findContradiction([totalOf('sure', [0], 7), about], { isNonNegative: true })).toEqual([]);
});
