import type { History } from './history.js';

/**
 * Fills a gap from a history: a value for each of its slots, or null where this history gives it nothing to work with. Pure, and
 * refitted from nothing in every call, so that a backtest with it leaks nothing.
 */
export type Method = (history: History) => Float64Array | null;

/** A path is given only where every slot of it is a number. A quantity that cannot be negative is cut at zero. */
export function finishPath(path: Float64Array, { isNonNegative }: History): Float64Array | null {
  for (let at = 0; at < path.length; at++) {
    const value = path[at]!;
    if (!Number.isFinite(value)) return null;
    if (isNonNegative && value < 0) path[at] = 0;
  }
  return path;
}
