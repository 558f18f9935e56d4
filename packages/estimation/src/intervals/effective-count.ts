/**
 * How many masks that do not overlap would tell as much about the size of errors: n^2 over the sum of the squared correlations of all
 * pairs (Bayley & Hammersley 1946, "The effective number of independent observations in an autocorrelated time series"; of squares the
 * correlations are squared). The correlation of two is taken to be the share of slots that they have in common, which it is for sums of
 * errors that are independent from slot to slot.
 * @param starts first slots of the masks, rising
 * @param length slots of a mask
 */
export function effectiveCount(starts: readonly number[], length: number): number {
  let sum = starts.length;
  for (let first = 0; first < starts.length; first++) {
    for (let second = first + 1; second < starts.length; second++) {
      const common = 1 - (starts[second]! - starts[first]!) / length;
      if (common <= 0) break;
      sum += 2 * common * common;
    }
  }
  return sum === 0 ? 0 : starts.length ** 2 / sum;
}
