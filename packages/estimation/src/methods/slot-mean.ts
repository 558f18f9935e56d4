import type { History } from './history.js';
import { finishPath, type Method } from './method.js';

/**
 * The mean of so many known slots of the same phase nearest to each slot of the gap, on whichever side they are: last week's
 * and next week's Tuesday at nine. The seasonal naive forecast (Hyndman & Athanasopoulos, "Forecasting: Principles and
 * Practice", section 5.2) over several seasons and both sides.
 */
export function slotMean(neighbours: number): Method {
  return (history) => {
    const path = new Float64Array(history.to - history.from);
    for (let at = 0; at < path.length; at++)
      path[at] = meanOfPhase(history, history.values, history.from + at, neighbours);
    return finishPath(path, history);
  };
}

/** The mean of the nearest known values of the same phase, of fewer where no more are known; NaN where none is. */
export function meanOfPhase(
  { toPrevious, toNext }: Pick<History, 'toPrevious' | 'toNext'>,
  values: Float64Array,
  slot: number,
  neighbours: number,
): number {
  let before = slot;
  let behind = slot;
  let sum = 0;
  let count = 0;
  const step = (from: number, distances: Uint16Array, sign: 1 | -1) => {
    let at = from;
    do {
      const distance = distances[at]!;
      const next = at + sign * distance;
      if (distance === 0 || next < 0 || next >= values.length) return -1;
      at = next;
    } while (values[at] !== values[at]);
    return at;
  };
  before = step(before, toPrevious, -1);
  behind = step(behind, toNext, 1);
  while (count < neighbours && (before >= 0 || behind >= 0)) {
    if (behind < 0 || (before >= 0 && slot - before <= behind - slot)) {
      sum += values[before]!;
      before = step(before, toPrevious, -1);
    } else {
      sum += values[behind]!;
      behind = step(behind, toNext, 1);
    }
    count++;
  }
  return sum / count;
}
