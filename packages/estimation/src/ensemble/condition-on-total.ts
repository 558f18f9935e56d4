/** Numbers of which every member has one, brought to what their sum is known to be. */
export interface Conditioning {
  /** What a member's sum lacks to the total, by member. */
  readonly missing: Float64Array;
  /** Of the sums. */
  readonly variance: number;
}

/**
 * Prepares members for a known total of a sum. A member whose sum is off has each of its parts moved as far as parts and sum go
 * together over all members; parts that are the same in all stay as they are, and the parts of a member then add up to the total
 * (the regression adjustment of Beaumont, Zhang & Balding 2002, "Approximate Bayesian computation in population genetics").
 * @returns null where no member can be moved, or the total lies further from all of them than they from each other: it contradicts
 *   what was drawn, by the baseline, the events that are known, or what the measure says
 */
export function conditionOnTotal(sums: Float64Array, total: number): Conditioning | null {
  const size = sums.length;
  const mean = sums.reduce((sum, value) => sum + value, 0) / size;
  const variance = sums.reduce((sum, value) => sum + (value - mean) ** 2, 0) / size;
  const missing = sums.map((sum) => total - sum);
  if (missing.every((open) => Math.abs(open) <= 1e-9 * Math.max(1, Math.abs(total)))) return { missing, variance: 0 };
  return Math.abs(total - mean) <= 4 * Math.sqrt(variance) ? { missing, variance } : null;
}

/** @param values of one part, by member */
export function conditionPart(values: Float64Array, { missing, variance }: Conditioning): Float64Array {
  if (variance === 0) return values;
  const size = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / size;
  const meanMissing = missing.reduce((sum, value) => sum + value, 0) / size;
  const together = values.reduce((sum, value, at) => sum - (value - mean) * (missing[at]! - meanMissing), 0) / size;
  return values.map((value, at) => value + (together / variance) * missing[at]!);
}
