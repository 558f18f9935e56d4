import { betweenLevels, sideLevels } from './local-level.js';
import type { History } from './history.js';
import { finishPath, type Method } from './method.js';

/** A series taken apart: the trend of every slot of a history, and the season of each slot of the gap. */
export interface Decomposition {
  /** A centred moving average over one season, of what is known; NaN where nothing near is. */
  readonly trend: Float64Array;
  /** By slot of the gap: its ratio to the trend, or the difference from it. */
  readonly season: Float64Array;
  readonly isFactor: boolean;
}

/**
 * A trend as a moving average over one season, weighted by the profile so that missing slots do not tilt it, and a season that
 * may change: for each slot of the gap the mean of the detrended values of its phase, weighted by Tukey's tricube over the
 * distance. This is one pass of STL (Cleveland, Cleveland, McRae & Terpenning 1990, "STL: A seasonal-trend decomposition
 * procedure based on loess") with local means in the place of local regressions. Hours are decomposed by the week alone,
 * which holds the day, where MSTL (Bandara, Hyndman & Bergmeir 2021) takes them one after the other.
 */
export function decompose(history: History): Decomposition {
  const { values, phases, profile, isNonNegative, season: length, from, to } = history;
  const isFactor = isNonNegative && profile.mean > 0;
  const size = values.length;
  const sums = new Float64Array(size + 1);
  const weights = new Float64Array(size + 1);
  for (let slot = 0; slot < size; slot++) {
    const value = values[slot]!;
    const isKnown = value === value;
    const phase = phases[slot]!;
    sums[slot + 1] = sums[slot]! + (isKnown ? (isFactor ? value : value - profile.difference[phase]!) : 0);
    weights[slot + 1] = weights[slot]! + (isKnown ? (isFactor ? profile.ratio[phase]! : 1) : 0);
  }
  const trend = new Float64Array(size);
  const half = Math.max(3, length >> 1);
  for (let slot = 0; slot < size; slot++) {
    const begin = Math.max(0, slot - half);
    const end = Math.min(size, slot + half + 1);
    trend[slot] = (sums[end]! - sums[begin]!) / (weights[end]! - weights[begin]!);
  }
  const season = new Float64Array(to - from);
  for (let at = 0; at < season.length; at++) season[at] = localSeason(history, trend, from + at, isFactor);
  return { trend, season, isFactor };
}

/** So many seasons away the weight of a slot is zero. */
const bandwidth = 7;

function localSeason(
  { values, toPrevious, toNext, season }: History,
  trend: Float64Array,
  slot: number,
  isFactor: boolean,
): number {
  let sum = 0;
  let weight = 0;
  const reach = bandwidth * season;
  for (let sign = -1; sign <= 1; sign += 2) {
    const distances = sign < 0 ? toPrevious : toNext;
    for (let at = slot; ;) {
      const distance = distances[at]!;
      at += sign * distance;
      const apart = (at - slot) * sign;
      if (distance === 0 || at < 0 || at >= values.length || apart >= reach) break;
      const value = values[at]!;
      if (value !== value || !(isFactor ? trend[at]! > 0 : trend[at] === trend[at])) continue;
      const place = apart / reach;
      const rest = 1 - place * place * place;
      const tricube = rest * rest * rest;
      sum += tricube * (isFactor ? value / trend[at]! : value - trend[at]!);
      weight += tricube;
    }
  }
  return weight > 0 ? sum / weight : isFactor ? NaN : 0;
}

/** Puts a season on levels. */
export function recompose(
  { season, isFactor }: Decomposition,
  history: History,
  levelAt: (place: number) => number,
): Float64Array | null {
  const path = new Float64Array(season.length);
  for (let at = 0; at < path.length; at++) {
    const level = levelAt((at + 1) / (path.length + 1));
    path[at] = isFactor ? season[at]! * level : season[at]! + level;
  }
  return finishPath(path, history);
}

/** Decomposition with the level between both sides in a straight line, as R's `na.interp` does it for seasonal series. */
export const interpolateDecomposed: Method = (history) => {
  const levels = sideLevels(history, Math.max(history.season, 7));
  return recompose(decompose(history), history, betweenLevels(levels));
};
