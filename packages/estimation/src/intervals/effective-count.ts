/**
 * How many masks that have nothing to do with each other would tell as much about the size of errors: n^2 over the sum of the squared correlations of all
 * pairs (Bayley & Hammersley 1946, "The effective number of independent observations in an autocorrelated time series"; of squares the
 * correlations are squared). The correlation of two is the share of slots that they have in common, which it is for sums of
 * errors that are independent from slot to slot; or what the errors themselves say, if that is more: where a level wanders, an estimate that is far
 * off today is far off tomorrow, and a week of masks tells hardly more than one of them.
 * @param starts first slots of the masks, rising
 * @param length slots of a mask
 * @param sizes of the errors of the masks, without a sign; none where only what the masks have in common counts
 */
export function effectiveCount(starts: readonly number[], length: number, sizes?: ArrayLike<number>): number {
  if (starts.length === 0) return 0;
  const persistence = sizes === undefined ? 0 : persistenceOf(starts, length, sizes);
  let [overlapping, persistent] = [starts.length, starts.length];
  for (let first = 0; first < starts.length; first++) {
    for (let second = first + 1; second < starts.length; second++) {
      const apart = starts[second]! - starts[first]!;
      const [common, left] = [Math.max(1 - apart / length, 0) ** 2, persistence ** apart];
      if (common === 0 && left < negligible) break;
      overlapping += 2 * common;
      persistent += 2 * Math.max(common, left);
    }
  }
  const [byOverlap, byErrors] = [starts.length ** 2 / overlapping, starts.length ** 2 / persistent];
  return Math.max(byErrors, Math.min(byOverlap, fewestByErrors));
}

const negligible = 1e-4;

/** Of fewer Student's t has no finite variance, and makes intervals so wide that nothing in the errors speaks for them. */
const fewestByErrors = 3;

/**
 * How much is left one slot later of what makes an error large or small: the correlation of the sizes of each mask's error and of the next one that has no
 * slot in common with it, taken to fall off by the same share in every slot (an autoregression of the first order). Zero where it is negative, and where there are fewer than three pairs.
 */
function persistenceOf(starts: readonly number[], length: number, sizes: ArrayLike<number>): number {
  const count = starts.length;
  let [sum, squares, products, apart, pairs, second] = [0, 0, 0, 0, 0, 0];
  for (let at = 0; at < count; at++) sum += sizes[at]!;
  const deviations = Float64Array.from(sizes, (size) => size - sum / count);
  for (const deviation of deviations) squares += deviation ** 2;
  for (let first = 0; first < count; first++) {
    while (second < count && starts[second]! < starts[first]! + length) second++;
    if (second === count) break;
    products += deviations[first]! * deviations[second]!;
    apart += starts[second]! - starts[first]!;
    pairs++;
  }
  if (pairs < 3 || products <= 0) return 0;
  return Math.min(products / pairs / (squares / count), 0.99) ** (pairs / apart);
}
