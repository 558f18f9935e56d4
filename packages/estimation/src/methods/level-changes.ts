import type { History } from './history.js';
import { finishPath, type Method } from './method.js';
import { meanOfPhase } from './slot-mean.js';

/**
 * The last known level, carried on: the random walk, of which nothing is known but where it stands (the naive forecast of Hyndman &
 * Athanasopoulos, "Forecasting: Principles and Practice", section 5.2).
 */
export const lastLevel: Method = (history) => {
  const last = lastKnown(history);
  if (last < 0) return null;
  return finishPath(new Float64Array(history.to - history.from).fill(history.values[last]!), history);
};

/**
 * The last known level, and in each slot behind it the mean of so many known changes of the same phase nearest to it: a stock that
 * is filled up on Mondays, a count that only grows. A random walk with a seasonal drift; where no change of a phase is known, with the
 * mean of all changes.
 */
export function levelChanges(neighbours: number): Method {
  return (history) => {
    const { values, from, to } = history;
    const last = lastKnown(history);
    if (last < 0) return null;
    const changes = values.map((value, slot) => (slot === 0 ? NaN : value - values[slot - 1]!));
    const known = changes.subarray(0, from).filter((change) => change === change);
    if (known.length === 0) return null;
    const drift = known.reduce((sum, change) => sum + change, 0) / known.length;
    const path = new Float64Array(to - from);
    let level = values[last]!;
    for (let slot = last + 1; slot < to; slot++) {
      const ofPhase = meanOfPhase(history, changes, slot, neighbours);
      level += ofPhase === ofPhase ? ofPhase : drift;
      if (slot >= from) path[slot - from] = level;
    }
    return finishPath(path, history);
  };
}

/** The last slot before the gap of which something is known; -1 where there is none. */
function lastKnown({ values, from }: History): number {
  for (let slot = from - 1; slot >= 0; slot--) if (values[slot] === values[slot]) return slot;
  return -1;
}
