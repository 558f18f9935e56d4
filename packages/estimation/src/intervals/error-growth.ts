/** From -1/2 to 3/2: room on either side, or the mean of them would lie inside wherever noise is of one size, or a share. */
const [lowest, stepOfPower] = [-0.5, 0.1];
const powers = Array.from({ length: 21 }, (_, at) => lowest + at * stepOfPower);

/**
 * The power of its size with which an error grows: 0 where noise is of one size, a half where events are counted, 1 where noise is a share of what there is
 * (the power law of Taylor 1961, "Aggregation, variance and the mean"). Each power explains the errors of the masks so and so well
 * (the likelihood of errors whose absolute values fall off exponentially: Davidian & Carroll 1987, "Variance function
 * estimation"); what is given is their mean, each weighing as much as it explains. Where few errors tell that is near a half, and where all sizes are
 * alike a half, which then makes no difference.
 * @param errors without a sign
 * @param sizes what each of them may grow with, above zero
 * @param worth how many errors that have nothing to do with each other would tell as much
 */
export function errorGrowth(errors: ArrayLike<number>, sizes: ArrayLike<number>, worth: number): number {
  const count = errors.length;
  const logs = Float64Array.from(sizes, Math.log);
  const middle = logs.reduce((sum, log) => sum + log, 0) / count;
  const scaled = logs.map((log, at) => errors[at]! * Math.exp(lowest * (middle - log)));
  // From one power to the next each error is divided by the same once more.
  const ofStep = logs.map((log) => Math.exp(stepOfPower * (middle - log)));
  const spreads = powers.map(() => {
    let sum = 0;
    for (let at = 0; at < count; at++) {
      sum += scaled[at]!;
      scaled[at]! *= ofStep[at]!;
    }
    return sum / count;
  });
  const least = Math.min(...spreads);
  // Nothing ever erred.
  if (!(least > 0)) return 1;
  const weights = spreads.map((spread) => (least / spread) ** worth);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.reduce((sum, weight, at) => sum + weight * powers[at]!, 0) / total;
}
