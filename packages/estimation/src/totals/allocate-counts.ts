import { RecoveryError } from '@eventmend/core';

/** A known number of events, shared out. */
export interface AllocatedCounts {
  /** Whole numbers that add up to the total, each its share rounded up or down. */
  readonly counts: Float64Array;
  /** Of what the counts really were, by row, then by column: each share of the total falls where it falls. */
  readonly covariance: readonly Float64Array[];
}

/**
 * Shares out a known number of events by expected counts. Independent counts of which the sum is known are multinomial (Johnson,
 * Kotz & Balakrishnan 1997, "Discrete Multivariate Distributions", chapter 35); the point is rounded by the largest remainders
 * (Hamilton's method; Balinski & Young 1982), of equal ones the first. The expected counts are taken for right: where they are
 * estimates, their own errors come on top.
 * @param expected not below zero, and not all of them zero unless the total is
 * @throws RecoveryError `invalid-argument`
 */
export function allocateCounts(expected: ArrayLike<number>, total: number): AllocatedCounts {
  const weights = Float64Array.from(expected);
  const sum = weights.reduce((all, weight) => all + weight, 0);
  const isUsable = weights.every((weight) => weight >= 0 && Number.isFinite(weight)) && (sum > 0 || total === 0);
  if (!isUsable || !Number.isSafeInteger(total) || total < 0) {
    throw new RecoveryError('invalid-argument', 'a whole number of events cannot be shared out like this', {
      hint: 'give a total that is a whole number and not below zero, and expected counts that are not all zero',
    });
  }
  const shares = weights.map((weight) => (sum === 0 ? 0 : weight / sum));
  const exact = shares.map((share) => share * total);
  const counts = exact.map(Math.floor);
  const left = total - counts.reduce((all, count) => all + count, 0);
  const byRemainder = [...exact.keys()].sort((a, b) => exact[b]! - counts[b]! - (exact[a]! - counts[a]!) || a - b);
  for (const at of byRemainder.slice(0, left)) counts[at]!++;
  const covariance = Array.from(shares, (share, row) =>
    shares.map((other, column) => total * (row === column ? share * (1 - share) : -share * other)),
  );
  return { counts, covariance };
}
