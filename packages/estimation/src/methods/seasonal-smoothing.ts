import { dayOf, type History } from './history.js';
import { finishPath, type Method } from './method.js';

/** How much of each error goes into the level, the day and the week: those that are tried. */
const levelWeights = [0.01, 0.03, 0.1];
const dayWeights = [0, 0.05, 0.1];
const seasonWeights = [0.1, 0.2] as const;

/**
 * Exponential smoothing with two seasons, one inside of the other: a level, a day and a week that each learn a share of every
 * error one slot ahead, carried through a gap at the end (Taylor 2003, "Short-term electricity demand forecasting using double
 * seasonal exponential smoothing", in the form of error correction and without its term for autocorrelation). What a day is like is learnt seven
 * times as often as what a week is like, which slot means know alone. A season that is no week of days is smoothed by itself (Winters
 * 1960, without a trend). The weights are those of eighteen with the smallest squared error one slot ahead. Null where
 * nothing is known in front of the gap.
 */
export const seasonalSmoothing: Method = (history) => {
  const { phases, places, profile, from, to } = history;
  if (!Number.isFinite(profile.mean)) return null;
  let best: Smoothed | null = null;
  for (const level of levelWeights) {
    for (const ofDay of places === null ? [0] : dayWeights) {
      for (const smoothed of smooth(history, level, ofDay)) {
        if (best === null || smoothed.squares < best.squares) best = smoothed;
      }
    }
  }
  if (best === null) return null;
  const { level, ofDay, ofSeason, lane } = best;
  const path = new Float64Array(to - from);
  for (let at = 0; at < path.length; at++) {
    const season = ofSeason[2 * phases[from + at]! + lane]!;
    path[at] = level + season + (places === null ? 0 : ofDay[2 * places[from + at]! + lane]!);
  }
  return finishPath(path, history);
};

interface Smoothed {
  readonly level: number;
  /** By phase of the day and of the season: what is added to the level, of both weights of the season side by side. */
  readonly ofDay: Float64Array;
  readonly ofSeason: Float64Array;
  /** Which of the two it is. */
  readonly lane: 0 | 1;
  /** Of the errors one slot ahead, behind the first season. */
  readonly squares: number;
}

/** With both weights of the season in one round: each step waits for the one before it, and the other is worked out meanwhile. */
function smooth(
  { values, phases, places, profile, season, from }: History,
  levelWeight: number,
  dayWeight: number,
): readonly [Smoothed, Smoothed] {
  const ofSeason = new Float64Array(2 * profile.difference.length);
  for (let at = 0; at < ofSeason.length; at++) ofSeason[at] = profile.difference[at >> 1]!;
  const ofDay = new Float64Array(2 * Math.max(dayOf(season), 1));
  const [weight, otherWeight] = seasonWeights;
  let level = profile.mean;
  let otherLevel = level;
  let squares = 0;
  let otherSquares = 0;
  for (let slot = 0; slot < from; slot++) {
    const value = values[slot]!;
    if (value !== value) continue;
    const phase = 2 * phases[slot]!;
    const hour = places === null ? 0 : 2 * places[slot]!;
    const error = value - level - ofSeason[phase]! - ofDay[hour]!;
    const otherError = value - otherLevel - ofSeason[phase + 1]! - ofDay[hour + 1]!;
    // The profile that it begins with has seen the first season.
    if (slot >= season) {
      squares += error * error;
      otherSquares += otherError * otherError;
    }
    level += levelWeight * error;
    otherLevel += levelWeight * otherError;
    ofSeason[phase]! += weight * error;
    ofSeason[phase + 1]! += otherWeight * otherError;
    ofDay[hour]! += dayWeight * error;
    ofDay[hour + 1]! += dayWeight * otherError;
  }
  return [
    { level, ofDay, ofSeason, lane: 0, squares },
    { level: otherLevel, ofDay, ofSeason, lane: 1, squares: otherSquares },
  ];
}
