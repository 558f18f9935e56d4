import { betweenLevels, seasonAtLevel, sideLevels } from './local-level.js';
import { finishPath, type Method } from './method.js';
import type { History } from './history.js';

/**
 * The profile of the season at a level that goes from the one before the gap to the one behind it; at the end of a series, the
 * last level stays. The ratio method of classical decomposition (Hyndman & Athanasopoulos, "Forecasting: Principles and
 * Practice", sections 3.4 and 5.7) with a local level.
 */
export function profileAtLevel(widthOf: (history: History) => number): Method {
  return (history) => {
    const levels = sideLevels(history, widthOf(history));
    return finishPath(seasonAtLevel(history, levels.isFactor, betweenLevels(levels)), history);
  };
}

/** The same without a season: what is left for a series that has none. */
export const localMean: Method = (history) => {
  const levels = sideLevels(history, Math.max(history.season, 28), false);
  const levelAt = betweenLevels(levels);
  const path = new Float64Array(history.to - history.from);
  for (let at = 0; at < path.length; at++) path[at] = levelAt((at + 1) / (path.length + 1));
  return finishPath(path, history);
};

/** A season of known slots on each side. */
export function wholeSeason({ season }: History): number {
  return Math.max(season, 7);
}
