import { RecoveryError } from '@eventmend/core';
import { findContradiction } from './find-contradiction.js';
import { holdNonNegative } from './hold-non-negative.js';
import { requireTotals, sumTerms, type LinearTotal } from './linear-total.js';

/** Estimates that belong together, and how their errors do. */
export interface JointEstimates {
  readonly values: ArrayLike<number>;
  /** By row, then by column; a value whose variance is 0 is certain. */
  readonly covariance: readonly ArrayLike<number>[];
  /** No value can be below zero; false by default. */
  readonly isNonNegative?: boolean;
}

export type Reconciled =
  | {
      readonly status: 'reconciled';
      readonly values: Float64Array;
      /** Of the errors that are left, by the totals alone. That nothing is below zero can only make them smaller. */
      readonly covariance: readonly Float64Array[];
      /**
       * How far the totals are from what was estimated of them: squared, in units of their expected distance. About as large as
       * `degrees` where estimates and covariance are right, and then distributed as chi-squared.
       */
      readonly distance: number;
      /** Totals that say something that the others do not. */
      readonly degrees: number;
    }
  /** Certain totals that cannot hold together; without any one of them the others can. */
  | { readonly status: 'contradicting'; readonly totals: readonly string[] }
  /** The totals can hold, but not as far as the covariance lets the values move. Null where a value is below zero and cannot move. */
  | { readonly status: 'immovable'; readonly total: string | null };

/**
 * Brings estimates into agreement with totals. The less certain a value, the more of the difference it takes: the generalised least
 * squares adjustment (Stone, Champernowne & Meade 1942, "The precision of national income estimates"; Byron 1978), which is also
 * the update of a Kalman filter. Holds n^2 numbers in memory for n values.
 * @throws RecoveryError `invalid-argument` for numbers that are none, totals of values that are not there, and a covariance that is
 *   not symmetric
 */
export function reconcile(estimates: JointEstimates, totals: readonly LinearTotal[]): Reconciled {
  const { isNonNegative = false } = estimates;
  const values = Float64Array.from(estimates.values);
  const covariance = estimates.covariance.map((row) => Float64Array.from(row));
  requireCovariance(values, covariance);
  requireTotals(totals, values.length);
  const fixed = new Map([...values.entries()].filter(([at]) => covariance[at]![at] === 0));
  const contradicting = findContradiction(totals, { isNonNegative, fixed });
  if (contradicting.length > 0) return { status: 'contradicting', totals: contradicting };
  const size = Math.max(1, ...values.map(Math.abs), ...totals.map(({ value }) => Math.abs(value)));
  let [distance, degrees] = [0, 0];
  for (const total of totals) {
    const update = updateWith(total, values, covariance, estimates.covariance);
    if (update === null) {
      // What the totals before it say already, it need not say again.
      if (Math.abs(total.value - sumTerms(total, values)) > 1e-9 * size)
        return { status: 'immovable', total: total.name };
      continue;
    }
    distance += update;
    degrees++;
  }
  const held = isNonNegative ? holdNonNegative(values, covariance, 1e-9 * size) : values;
  const off = held === null ? null : totals.find((total) => isOff(total, held, size));
  if (held === null || off !== undefined) {
    return { status: 'immovable', total: off?.name ?? null };
  }
  return { status: 'reconciled', values: held, covariance, distance, degrees };
}

/** Moves values and covariance; gives the squared distance of the total, or null where the values cannot move. */
function updateWith(
  { terms, value, variance = 0, ...total }: LinearTotal,
  values: Float64Array,
  covariance: readonly Float64Array[],
  before: JointEstimates['covariance'],
): number | null {
  const gains = new Float64Array(values.length);
  for (const { at, factor = 1 } of terms) {
    for (let row = 0; row < gains.length; row++) gains[row]! += covariance[row]![at]! * factor;
  }
  let spread = variance;
  let atFirst = variance;
  for (const { at, factor = 1 } of terms) {
    spread += factor * gains[at]!;
    for (const other of terms) atFirst += factor * (other.factor ?? 1) * before[at]![other.at]!;
  }
  if (!(spread > 1e-11 * atFirst)) return null;
  const open = value - sumTerms({ ...total, terms, value }, values);
  for (let row = 0; row < gains.length; row++) {
    values[row]! += (gains[row]! / spread) * open;
    const share = gains[row]! / spread;
    if (share === 0) continue;
    const line = covariance[row]!;
    for (let column = 0; column < gains.length; column++) line[column]! -= share * gains[column]!;
  }
  return (open * open) / spread;
}

function isOff(total: LinearTotal, values: Float64Array, size: number): boolean {
  return (total.variance ?? 0) === 0 && Math.abs(total.value - sumTerms(total, values)) > 1e-7 * size;
}

/** The variance of a sum of values: covariances and all, for errors of one gap go together. */
export function varianceOfSum(covariance: readonly ArrayLike<number>[], places: readonly number[]): number {
  let sum = 0;
  for (const row of places) for (const column of places) sum += covariance[row]![column]!;
  return sum;
}

function requireCovariance(values: Float64Array, covariance: readonly Float64Array[]): void {
  const isSquare = covariance.length === values.length && covariance.every((row) => row.length === values.length);
  const isCovariance =
    isSquare &&
    values.every(Number.isFinite) &&
    covariance.every((line, row) =>
      line.every((entry, column) => {
        const bound = Math.sqrt(line[row]! * covariance[column]![column]!);
        return (
          Number.isFinite(entry) &&
          line[row]! >= 0 &&
          Math.abs(entry) <= bound * (1 + 1e-9) &&
          Math.abs(entry - covariance[column]![row]!) <= 1e-9 * bound
        );
      }),
    );
  if (isCovariance) return;
  throw new RecoveryError('invalid-argument', 'these are no estimates with the covariance of their errors', {
    hint: 'give finite numbers, as many rows and columns as values, symmetric, and no variance below zero',
  });
}
