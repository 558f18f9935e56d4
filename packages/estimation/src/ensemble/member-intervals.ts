import { intervalLevels, type Interval } from '../intervals/conformal.js';

/** A number of which every member of an ensemble has one. */
export interface EnsembleQuantity {
  /** The mean over the members. */
  readonly estimate: number;
  /** At 80, 90 and 95 %, two-sided; endless where there are too few donors to say. */
  readonly intervals: readonly Interval[];
  /**
   * Of the error of the estimate: the members' own spread and, since there are only so many of them, as much again over their
   * number (the rule of Rubin 1987, "Multiple Imputation for Nonresponse in Surveys").
   */
  readonly standardDeviation: number;
  /** Of the estimate, by how many donors there are: how far another choice of them would move it. */
  readonly monteCarloError: number;
}

/**
 * What the members say of a number. The gap went its way as each of its donors went its own: if nothing tells them apart, the truth
 * is as likely in any of the gaps between their values, and between the k-th lowest and the k-th highest of n it lies with a
 * probability of (n + 1 - 2k) / (n + 1) (Wilks 1941, "Determination of sample sizes for setting tolerance limits"). Plain quantiles
 * of the members would be too narrow.
 * @param values one a member; each donor has the same number of them
 * @param donors how many different stretches of the history the members come from
 */
export function quantityOfMembers(values: ArrayLike<number>, donors: number): EnsembleQuantity {
  const sorted = Float64Array.from(values).sort();
  const size = sorted.length;
  const mean = sorted.reduce((sum, value) => sum + value, 0) / size;
  const squares = sorted.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const variance = size > 1 ? squares / (size - 1) : 0;
  const isSame = sorted[0] === sorted[size - 1];
  const perDonor = size / donors;
  return {
    estimate: isSame ? sorted[0]! : mean,
    intervals: intervalLevels.map((level): Interval => {
      // 0.05 * 20 is 1 and not a hair less.
      const rank = Math.floor(((donors + 1) * (1 - level)) / 2 + 1e-9);
      if (rank < 1) return { level, low: -Infinity, high: Infinity };
      const at = Math.floor((rank - 1) * perDonor);
      return { level, low: sorted[at]!, high: sorted[size - 1 - at]! };
    }),
    standardDeviation: isSame ? 0 : Math.sqrt(variance * (1 + 1 / donors)),
    monteCarloError: isSame ? 0 : Math.sqrt(variance / donors),
  };
}
