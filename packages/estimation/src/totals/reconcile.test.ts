import fc from 'fast-check';
import { expect, test } from 'vitest';
import { totalOf, type LinearTotal } from './linear-total.js';
import { reconcile, varianceOfSum, type Reconciled } from './reconcile.js';
import { solveDefinite } from './solve-definite.js';

type Done = Extract<Reconciled, { status: 'reconciled' }>;

const independent = (variances: readonly number[]): number[][] =>
  variances.map((variance, row) => variances.map((_, column) => (row === column ? variance : 0)));

/** A covariance with everything connected, from a matrix of any numbers. */
function covarianceOf(factors: readonly (readonly number[])[]): number[][] {
  return factors.map((row, at) =>
    factors.map((other, to) => row.reduce((sum, entry, k) => sum + entry * other[k]!, 0) + (at === to ? 0.5 : 0)),
  );
}

const size = 4;
const factors = fc.array(fc.array(fc.integer({ min: -3, max: 3 }), { minLength: size, maxLength: size }), {
  minLength: size,
  maxLength: size,
});
const estimates = fc.array(fc.integer({ min: -5, max: 20 }), { minLength: size, maxLength: size });
const truths = fc.array(fc.integer({ min: 0, max: 12 }), { minLength: size, maxLength: size });
const memberships = fc.array(fc.subarray([0, 1, 2, 3], { minLength: 1 }), { minLength: 1, maxLength: 3 });

function totalsOf(truth: readonly number[], groups: readonly (readonly number[])[]): readonly LinearTotal[] {
  return groups.map((places, at) =>
    totalOf(
      `t${at}`,
      places,
      places.reduce((sum, place) => sum + truth[place]!, 0),
    ),
  );
}

/** (x - values)' covariance^-1 (x - values) */
function distanceOf(x: ArrayLike<number>, values: readonly number[], covariance: readonly number[][]): number {
  const moved = values.map((value, at) => x[at]! - value);
  const solved = solveDefinite(covariance, moved)!;
  return moved.reduce((sum, entry, at) => sum + entry * solved[at]!, 0);
}

test('totals hold, and no step that keeps them leads nearer to the estimates', () => {
  fc.assert(
    fc.property(factors, estimates, truths, memberships, (matrix, values, truth, groups) => {
      const covariance = covarianceOf(matrix);
      const totals = totalsOf(truth, groups);
      const result = reconcile({ values, covariance }, totals) as Done;
      expect(result.status).toBe('reconciled');
      for (const [at, places] of groups.entries()) {
        expect(places.reduce((sum, place) => sum + result.values[place]!, 0)).toBeCloseTo(totals[at]!.value, 6);
        expect(Math.abs(varianceOfSum(result.covariance, places))).toBeLessThan(1e-6);
      }
      const best = distanceOf(result.values, values, covariance);
      // Towards the truth, which keeps every total too.
      for (const step of [-0.1, 0.1, 1]) {
        const other = Array.from(result.values, (value, at) => value + step * (truth[at]! - value));
        expect(distanceOf(other, values, covariance)).toBeGreaterThanOrEqual(best - 1e-6);
      }
      expect(result.distance).toBeCloseTo(best, 4);
    }),
  );
});

test('nothing is below zero, and no other way to hold some values at zero is nearer', () => {
  fc.assert(
    fc.property(factors, estimates, truths, memberships, (matrix, values, truth, groups) => {
      const covariance = covarianceOf(matrix);
      const totals = totalsOf(truth, groups);
      const result = reconcile({ values, covariance, isNonNegative: true }, totals) as Done;
      expect(result.status).toBe('reconciled');
      expect(Math.min(...result.values)).toBeGreaterThanOrEqual(0);
      for (const { terms, value } of totals) {
        expect(terms.reduce((sum, { at }) => sum + result.values[at]!, 0)).toBeCloseTo(value, 5);
      }
      // By trying every set of zeros: the best of those that leave nothing below zero is the answer.
      let best = Infinity;
      for (let zeros = 0; zeros < 2 ** size; zeros++) {
        const held = values.flatMap((_, at) => ((zeros >> at) & 1 ? [totalOf(`zero ${at}`, [at], 0)] : []));
        const tried = reconcile({ values, covariance }, [...totals, ...held]);
        if (tried.status !== 'reconciled' || Math.min(...tried.values) < -1e-7) continue;
        best = Math.min(best, distanceOf(tried.values, values, covariance));
      }
      expect(distanceOf(result.values, values, covariance)).toBeCloseTo(best, 3);
    }),
  );
});

test('the covariance is that of the errors that are left', () => {
  const covariance = covarianceOf([
    [2, 0, 1],
    [1, 1, 0],
    [0, 3, 1],
  ]);
  const values = [10, 20, 30];
  let seed = 20261129;
  const normal = (): number => {
    let sum = -6;
    for (let at = 0; at < 12; at++) {
      seed = (seed * 48271) % 2147483647;
      sum += seed / 2147483647;
    }
    return sum;
  };
  // Truths around the estimates, by the factors that the covariance was made of.
  const runs = 20_000;
  const errors = [0, 1, 2].map(() => new Float64Array(runs));
  let distance = 0;
  let covered: readonly Float64Array[] = [];
  for (let run = 0; run < runs; run++) {
    const [a, b, c] = [normal(), normal(), normal()];
    const own = [normal(), normal(), normal()].map((entry) => entry * Math.SQRT1_2);
    const truth = [2 * a + c, a + b, 3 * b + c].map((entry, at) => values[at]! + entry + own[at]!);
    const noise = normal() * 2;
    const totals = [
      totalOf('first two', [0, 1], truth[0]! + truth[1]!),
      { ...totalOf('all, about', [0, 1, 2], truth[0]! + truth[1]! + truth[2]! + noise), variance: 4 },
    ];
    const result = reconcile({ values, covariance }, totals) as Done;
    result.values.forEach((value, at) => (errors[at]![run] = value - truth[at]!));
    distance += result.distance / runs;
    covered = result.covariance;
  }
  for (let row = 0; row < 3; row++) {
    for (let column = 0; column < 3; column++) {
      const seen = errors[row]!.reduce((sum, error, run) => sum + (error * errors[column]![run]!) / runs, 0);
      const expected = covered[row]![column]!;
      const standardError = Math.sqrt((covered[row]![row]! * covered[column]![column]! + expected ** 2) / runs);
      expect(Math.abs(seen - expected)).toBeLessThan(4.5 * standardError);
    }
  }
  // Chi-squared with two degrees of freedom.
  expect(Math.abs(distance - 2)).toBeLessThan(0.06);
});

test('a grand total fixes the sum and hardly the parts', () => {
  const result = reconcile({ values: [100, 200, 300], covariance: independent([100, 100, 100]) }, [
    totalOf('all', [0, 1, 2], 630),
  ]) as Done;
  expect([...result.values]).toEqual([110, 210, 310]);
  expect(varianceOfSum(result.covariance, [0, 1, 2])).toBeCloseTo(0, 9);
  expect(varianceOfSum(result.covariance, [0])).toBeCloseTo(66.67, 1);
});

test('a total said twice is no news, and one that says something else is a contradiction', () => {
  const joint = { values: [1, 2, 3], covariance: independent([1, 1, 1]) };
  const said = [totalOf('bank', [0, 1], 5), totalOf('ledger', [0, 1], 5)];
  expect(reconcile(joint, said)).toMatchObject({ status: 'reconciled', degrees: 1 });
  expect(reconcile(joint, [...said, totalOf('rest', [2], 7), totalOf('month', [0, 1, 2], 12.01)])).toEqual({
    status: 'contradicting',
    totals: ['ledger', 'rest', 'month'],
  });
});

test('what is certain does not move, and a total against it is named', () => {
  const joint = { values: [0.1 + 0.2, 5], covariance: independent([0, 4]) };
  expect(reconcile(joint, [totalOf('one', [0], 0.3)])).toMatchObject({ status: 'reconciled', degrees: 0 });
  expect(reconcile(joint, [totalOf('one', [0], 0.31)])).toEqual({ status: 'contradicting', totals: ['one'] });
  const tied = [
    [1, -1],
    [-1, 1],
  ];
  expect(reconcile({ values: [1, 1], covariance: tied }, [totalOf('both', [0, 1], 3)])).toEqual({
    status: 'immovable',
    total: 'both',
  });
});

test.each([
  [[1, NaN], independent([1, 1])],
  [[1, 1], independent([1, -1])],
  [[1, 1], independent([1, 1, 1])],
  [
    [1, 1],
    [
      [1, 0.5],
      [0.2, 1],
    ],
  ],
  [
    [1, 1],
    [
      [1, 2],
      [2, 1],
    ],
  ],
])('%j with %j are refused', (values, covariance) => {
  expect(() => reconcile({ values, covariance }, [])).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
});
