/**
 * How many masks that have nothing to do with each other would tell as much about the size of errors: n^2 over the sum of the squared correlations of all
 * pairs (Bayley & Hammersley 1946, "The effective number of independent observations in an autocorrelated time series"; of squares the
 * correlations are squared). The correlation of two is the share of slots that they have in common, which it is for sums of
 * errors that are independent from slot to slot; or what the errors themselves say, if that is more: where a level wanders, an estimate that is too
 * high today is too high tomorrow, and a week of masks tells hardly more than one of them.
 * @param starts first slots of the masks, rising
 * @param length slots of a mask
 * @param errors of the masks, with their signs; none where only what they have in common counts
 */
export function effectiveCount(starts: readonly number[], length: number, errors?: ArrayLike<number>): number {
  const persistence = errors === undefined ? 0 : persistenceOf(starts, length, errors);
  let [overlapping, persistent] = [starts.length, starts.length];
  for (let first = 0; first < starts.length; first++) {
    for (let second = first + 1; second < starts.length; second++) {
      const apart = starts[second]! - starts[first]!;
      const [common, left] = [1 - apart / length, persistence ** apart];
      if (common <= 0 && left < negligible) break;
      if (common > 0) overlapping += 2 * common * common;
      persistent += 2 * Math.max(common, left) ** 2;
    }
  }
  if (starts.length === 0) return 0;
  const [byOverlap, byErrors] = [starts.length ** 2 / overlapping, starts.length ** 2 / persistent];
  return Math.max(byErrors, Math.min(byOverlap, fewestByErrors));
}

/** Of fewer Student's t has no finite variance, and makes intervals so wide that nothing in the errors speaks for them. */
const fewestByErrors = 3;
const negligible = 0.01;

/**
 * How much of an error is left one slot later: the correlation (around zero, so that an error that always has one sign counts) of each mask with the next one that has no
 * slot in common with it, taken to fall off by the same share in every slot (an autoregression of the first order). Zero where it is negative.
 */
function persistenceOf(starts: readonly number[], length: number, errors: ArrayLike<number>): number {
  let [products, squares, apart, pairs, second] = [0, 0, 0, 0, 0];
  for (let at = 0; at < starts.length; at++) squares += errors[at]! ** 2;
  for (let first = 0; first < starts.length; first++) {
    while (second < starts.length && starts[second]! < starts[first]! + length) second++;
    if (second === starts.length) break;
    products += errors[first]! * errors[second]!;
    apart += starts[second]! - starts[first]!;
    pairs++;
  }
  if (pairs < fewestPairs || products <= 0) return 0;
  const correlation = products / pairs / (squares / starts.length);
  return Math.min(correlation, 0.99) ** (pairs / apart);
}

/** Fewer say nothing. */
const fewestPairs = 3;
