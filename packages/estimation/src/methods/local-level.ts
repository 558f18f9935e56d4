import type { History } from './history.js';

/** How high a series stands on both sides of a gap, its season taken out; NaN for a side without known slots. */
export interface SideLevels {
  readonly before: number;
  readonly behind: number;
  /** Levels are factors of the profile's ratios, or else added to its differences. */
  readonly isFactor: boolean;
}

/**
 * The level of the nearest known slots on each side: of what cannot be negative the sum of the values over the sum of their
 * ratios, otherwise the mean of the values without their seasonal difference.
 * @param width known slots on each side that are taken
 * @param isSeasonal false to take the values as they are
 */
export function sideLevels(history: History, width: number, isSeasonal = true): SideLevels {
  const { profile, isNonNegative } = history;
  const isFactor = isSeasonal && isNonNegative && profile.mean > 0;
  return {
    before: levelFrom(history, history.from - 1, -1, width, isFactor, isSeasonal),
    behind: levelFrom(history, history.to, 1, width, isFactor, isSeasonal),
    isFactor,
  };
}

function levelFrom(
  { values, phases, profile }: History,
  start: number,
  sign: 1 | -1,
  width: number,
  isFactor: boolean,
  isSeasonal: boolean,
): number {
  let sum = 0;
  let weight = 0;
  let count = 0;
  for (let slot = start; slot >= 0 && slot < values.length && count < width; slot += sign) {
    const value = values[slot]!;
    if (value !== value) continue;
    count++;
    if (isFactor) {
      sum += value;
      weight += profile.ratio[phases[slot]!]!;
    } else {
      sum += isSeasonal ? value - profile.difference[phases[slot]!]! : value;
      weight++;
    }
  }
  return weight > 0 ? sum / weight : NaN;
}

/** The season at a level, for each slot of the gap. @param levelAt level by place in the gap, from 0 to 1 */
export function seasonAtLevel(
  { phases, profile, from, to }: History,
  isFactor: boolean,
  levelAt: (place: number) => number,
): Float64Array {
  const path = new Float64Array(to - from);
  for (let at = 0; at < path.length; at++) {
    const phase = phases[from + at]!;
    const level = levelAt((at + 1) / (path.length + 1));
    path[at] = isFactor ? profile.ratio[phase]! * level : profile.difference[phase]! + level;
  }
  return path;
}

/** From the level before the gap to the one behind it in a straight line; the one that there is where there is only one. */
export function betweenLevels({ before, behind }: SideLevels): (place: number) => number {
  if (Number.isNaN(before)) return () => behind;
  if (Number.isNaN(behind)) return () => before;
  return (place) => before + (behind - before) * place;
}
