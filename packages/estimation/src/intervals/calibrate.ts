import { errorSize, slotSizes } from '../backtest/error-size.js';
import type { HistorySource } from '../backtest/masked-histories.js';
import { missOf, type Target } from '../backtest/target.js';
import type { Method } from '../methods/method.js';

/** What a method got wrong in the masks of the calibration. */
export interface CalibrationErrors {
  /** First slots of the masks that the method could fill, rising. */
  readonly starts: readonly number[];
  /** By mask: the error of the quantity, over its size. */
  readonly scores: Float64Array;
  /** By mask: the largest error of a slot, over the size of that slot. */
  readonly largestSlotScores: Float64Array;
  /** By slot of the gap, by mask: its error over its size. */
  readonly slotScores: readonly Float64Array[];
}

/** Masks that the method cannot fill are left out of the scores: they are fewer then, and the intervals wider. */
export function calibrate(
  histories: HistorySource,
  masks: readonly number[],
  method: Method,
  target: Exclude<Target, 'path'>,
  length: number,
): CalibrationErrors {
  const starts: number[] = [];
  const scores: number[] = [];
  const largestSlotScores: number[] = [];
  const slotScores: number[][] = Array.from({ length }, () => []);
  for (const start of masks) {
    const history = histories.ofMask(start);
    const path = method(history);
    if (path === null) continue;
    const truth = histories.truth(start);
    const sizes = slotSizes(path, history);
    let largest = 0;
    for (let at = 0; at < length; at++) {
      const score = Math.abs(path[at]! - truth[at]!) / sizes[at]!;
      slotScores[at]!.push(score);
      if (score > largest) largest = score;
    }
    largestSlotScores.push(largest);
    starts.push(start);
    scores.push(missOf(path, truth, target) / errorSize(path, history, target));
  }
  return {
    starts,
    scores: Float64Array.from(scores),
    largestSlotScores: Float64Array.from(largestSlotScores),
    slotScores: slotScores.map((of) => Float64Array.from(of)),
  };
}
