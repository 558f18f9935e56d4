import { dayOf, type History } from './history.js';
import { finishPath, type Method } from './method.js';

/** How much of each error goes into the level, the day and the week: those that are tried. */
const levelWeights = [0.01, 0.03, 0.1];
const dayWeights = [0, 0.05, 0.1];
const seasonWeights = [0.1, 0.2];

/**
 * Exponential smoothing with two seasons, one inside of the other: a level, a day and a week that each learn a share of every
 * error one slot ahead, carried through a gap at the end (Taylor 2003, "Short-term electricity demand forecasting using double
 * seasonal exponential smoothing", in the form of error correction and without its term for autocorrelation). What a day is like is learnt seven
 * times as often as what a week is like, which slot means know alone. A season that is no week of days is smoothed by itself (Winters
 * 1960, without a trend). The weights are those of eighteen with the smallest squared error one slot ahead. Null where
 * nothing is known in front of the gap.
 */
export const seasonalSmoothing: Method = (history) => {
  const { phases, profile, from, to } = history;
  const day = dayOf(history.season);
  if (!Number.isFinite(profile.mean)) return null;
  let best: Smoothed | null = null;
  for (const level of levelWeights) {
    for (const ofDay of day > 0 ? dayWeights : [0]) {
      for (const ofSeason of seasonWeights) {
        const smoothed = smooth(history, day, [level, ofDay, ofSeason]);
        if (best === null || smoothed.squares < best.squares) best = smoothed;
      }
    }
  }
  if (best === null) return null;
  const path = new Float64Array(to - from);
  for (let at = 0; at < path.length; at++) {
    const phase = phases[from + at]!;
    path[at] = best.level + best.ofSeason[phase]! + (day > 0 ? best.ofDay[phase % day]! : 0);
  }
  return finishPath(path, history);
};

interface Smoothed {
  readonly level: number;
  /** By phase of the day and of the season: what is added to the level. */
  readonly ofDay: Float64Array;
  readonly ofSeason: Float64Array;
  /** Of the errors one slot ahead, behind the first season. */
  readonly squares: number;
}

function smooth(
  { values, phases, profile, season, from }: History,
  day: number,
  [levelWeight, dayWeight, seasonWeight]: readonly [number, number, number],
): Smoothed {
  const ofSeason = profile.difference.slice();
  const ofDay = new Float64Array(Math.max(day, 1));
  const period = Math.max(day, 1);
  let [level, squares] = [profile.mean, 0];
  for (let slot = 0; slot < from; slot++) {
    const value = values[slot]!;
    if (value !== value) continue;
    const phase = phases[slot]!;
    const hour = phase % period;
    const error = value - level - ofSeason[phase]! - ofDay[hour]!;
    // The profile that it begins with has seen the first season.
    if (slot >= season) squares += error * error;
    level += levelWeight * error;
    ofSeason[phase]! += seasonWeight * error;
    ofDay[hour]! += dayWeight * error;
  }
  return { level, ofDay, ofSeason, squares };
}
