import { errorSize, slotSizes } from '../backtest/error-size.js';
import type { HistorySource } from '../backtest/masked-histories.js';
import { missOf, type Target } from '../backtest/target.js';
import type { Method } from '../methods/method.js';
import { effectiveCount } from './effective-count.js';
import { errorGrowth } from './error-growth.js';

/** What a method got wrong in the masks of the calibration, and what that makes of an error in the gap. */
export interface Calibration {
  /** First slots of the masks that the method could fill, rising. */
  readonly starts: readonly number[];
  /** By mask: the error of the quantity, over its scale. */
  readonly scores: Float64Array;
  /** By mask: the largest error of a slot, over the scale of that slot. */
  readonly largestSlotScores: Float64Array;
  /** By slot of the gap, by mask: its error over its scale. */
  readonly slotScores: readonly Float64Array[];
  /** How many masks that have nothing to do with each other would tell as much. */
  readonly independent: number;
  /** What one unit of a score means in the gap: of the quantity, and of each slot. */
  readonly scale: number;
  readonly slotScales: Float64Array;
}

/**
 * Errors are compared over what they grow with: the size of what was estimated to the power that the errors of the masks themselves
 * show. Masks that the method cannot fill are left out of the scores: they are fewer then, and the intervals wider.
 * @param path what the method made of the gap
 */
export function calibrate(
  histories: HistorySource,
  masks: readonly number[],
  method: Method,
  target: Exclude<Target, 'path'>,
  path: Float64Array,
): Calibration {
  const length = path.length;
  const starts: number[] = [];
  const errors: number[] = [];
  const sizes: number[] = [];
  // Of all slots of all masks, one mask after the other.
  const slotErrors = new Float64Array(masks.length * length);
  const sizesOfSlots = new Float64Array(masks.length * length);
  for (const start of masks) {
    const history = histories.ofMask(start);
    const filled = method(history);
    if (filled === null) continue;
    const truth = histories.truth(start);
    const begin = starts.length * length;
    sizesOfSlots.set(slotSizes(filled, history), begin);
    for (let at = 0; at < length; at++) slotErrors[begin + at] = Math.abs(filled[at]! - truth[at]!);
    starts.push(start);
    errors.push(missOf(filled, truth, target));
    sizes.push(errorSize(filled, history, target));
  }
  const gap = histories.ofGap();
  const apart = effectiveCount(starts, length);
  // How far a level is likely to move is its size, and no power of it.
  const growthOf = (of: ArrayLike<number>, over: ArrayLike<number>) => (gap.isLevel ? 1 : errorGrowth(of, over, apart));
  const growth = growthOf(errors, sizes);
  const scores = Float64Array.from(errors, (error, mask) => error / sizes[mask]! ** growth);
  const known = starts.length * length;
  const slotGrowth = growthOf(slotErrors.subarray(0, known), sizesOfSlots.subarray(0, known));
  const ofSlot = (mask: number, at: number) =>
    slotErrors[mask * length + at]! / sizesOfSlots[mask * length + at]! ** slotGrowth;
  const slotScores = Array.from({ length }, (_, at) => Float64Array.from(starts, (_start, mask) => ofSlot(mask, at)));
  return {
    starts,
    scores,
    slotScores,
    largestSlotScores: Float64Array.from(starts, (_, mask) =>
      slotScores.reduce((largest, of) => Math.max(largest, of[mask]!), 0),
    ),
    independent: effectiveCount(starts, length, scores),
    scale: errorSize(path, gap, target) ** growth,
    slotScales: slotSizes(path, gap).map((size) => size ** slotGrowth),
  };
}
