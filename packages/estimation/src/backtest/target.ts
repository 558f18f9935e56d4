/**
 * What is asked for: the sum over the gap, each of its slots, or the value in its last slot (a level's state when the gap ends).
 */
export type Target = 'total' | 'path' | 'end';

/** The quantity that is asked for, of a path; of a path as a whole its sum stands for it. */
export function quantityOf(path: Float64Array, target: Target): number {
  if (target === 'end') return path[path.length - 1]!;
  let sum = 0;
  for (const value of path) sum += value;
  return sum;
}

/** By how much a path misses what is asked for, without a sign: for a path the mean over its slots. */
export function missOf(path: Float64Array, truth: Float64Array, target: Target): number {
  if (target !== 'path') return Math.abs(quantityOf(path, target) - quantityOf(truth, target));
  return meanMiss(path, truth);
}

/** Mean absolute error over the slots. */
export function meanMiss(path: Float64Array, truth: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < path.length; at++) sum += Math.abs(path[at]! - truth[at]!);
  return sum / path.length;
}

/** The squared error of what is asked for: a loss that the mean minimises, so that many zeros do not make zero the best. */
export function squaredMiss(path: Float64Array, truth: Float64Array, target: Target): number {
  if (target !== 'path') return (quantityOf(path, target) - quantityOf(truth, target)) ** 2;
  let sum = 0;
  for (let at = 0; at < path.length; at++) sum += (path[at]! - truth[at]!) ** 2;
  return sum / path.length;
}
