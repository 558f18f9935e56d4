import { decompose, recompose } from './decomposition.js';
import { fewestSlots } from './history.js';
import { finishPath, type Method } from './method.js';

/** How much of each error goes into the level, and what share of that into the trend: those that are tried. */
const levelWeights = [0.03, 0.1, 0.3, 0.6, 1];
const trendWeights = [0.05, 0.3];
/** By how much a trend is damped from slot to slot. */
const dampings = [0.98, 0.9];

/**
 * Simple exponential smoothing of the series without its seasonal differences (Brown 1959; Hyndman & Athanasopoulos,
 * "Forecasting: Principles and Practice", section 8.1), carried flat through a gap at the end. The weight is that of five with
 * the smallest squared error one slot ahead.
 */
export const simpleExponentialSmoothing: Method = (history) => {
  const { profile, phases, values, season, from, to } = history;
  const begin = Math.max(0, from - Math.max(4 * season, 56));
  const adjusted = new Float64Array(from - begin);
  for (let at = 0; at < adjusted.length; at++) {
    adjusted[at] = values[begin + at]! - profile.difference[phases[begin + at]!]!;
  }
  const fitted = fit(adjusted, flatSettings);
  if (fitted === null) return null;
  const path = new Float64Array(to - from);
  for (let at = 0; at < path.length; at++) path[at] = profile.difference[phases[from + at]!]! + fitted.level;
  return finishPath(path, history);
};

/**
 * Decomposition with exponential smoothing of the series without its season: a level, and a damped trend where one goes on, ETS(A,N,N) or
 * ETS(A,Ad,N) (Gardner & McKenzie 1985), of 25 settings that with the smallest criterion of Akaike, the way of R's `stlf`.
 */
export const decompositionSmoothing: Method = (history) => {
  const parts = decompose(history);
  const begin = Math.max(0, parts.from - Math.max(2 * history.season, fewestSlots));
  const fitted = fit(parts.adjusted.subarray(begin, parts.from), allSettings);
  if (fitted === null) return null;
  const { level, trend, damping } = fitted;
  return recompose(parts, history, (at) => level + (trend * damping * (1 - damping ** (at + 1))) / (1 - damping));
};

interface Setting {
  readonly levelWeight: number;
  readonly trendWeight: number;
  /** 0 without a trend. */
  readonly damping: number;
}

const flatSettings: readonly Setting[] = levelWeights.map((levelWeight) => ({
  levelWeight,
  trendWeight: 0,
  damping: 0,
}));
const allSettings: readonly Setting[] = [
  ...flatSettings,
  ...levelWeights.flatMap((levelWeight) =>
    trendWeights.flatMap((share) =>
      dampings.map((damping) => ({ levelWeight, trendWeight: levelWeight * share, damping })),
    ),
  ),
];

/** Level and trend in the slot before the gap. */
interface Smoothed {
  readonly level: number;
  readonly trend: number;
  /** Of the errors one slot ahead. */
  readonly squares: number;
}

function fit(values: Float64Array, settings: readonly Setting[]): (Smoothed & Setting) | null {
  const begin = firstLine(values);
  if (begin === null) return null;
  let count = 0;
  for (const value of values) if (value === value) count++;
  let [best, least] = [null as (Smoothed & Setting) | null, Infinity];
  for (const setting of settings) {
    const smoothed = smooth(values, begin, setting);
    // Level and its weight, or trend, its weight and its damping too.
    const criterion = count * Math.log(smoothed.squares + Number.MIN_VALUE) + 2 * (setting.damping === 0 ? 2 : 5);
    if (criterion < least) [best, least] = [{ ...smoothed, ...setting }, criterion];
  }
  return best;
}

/** The line through the first ten known values, so that one of them does not decide. */
interface Line {
  readonly first: number;
  readonly mean: number;
  /** Its value in the slot before the first, and its slope. */
  readonly level: number;
  readonly slope: number;
}

function firstLine(values: Float64Array): Line | null {
  const slots: number[] = [];
  for (let slot = 0; slot < values.length && slots.length < 10; slot++)
    if (values[slot] === values[slot]) slots.push(slot);
  const first = slots[0];
  if (first === undefined) return null;
  let [middle, mean] = [0, 0];
  for (const slot of slots) [middle, mean] = [middle + slot / slots.length, mean + values[slot]! / slots.length];
  let [products, squares] = [0, 0];
  for (const slot of slots) {
    products += (slot - middle) * (values[slot]! - mean);
    squares += (slot - middle) ** 2;
  }
  const slope = squares > 0 ? products / squares : 0;
  return { first, mean, level: mean - slope * (middle - first + 1), slope };
}

function smooth(values: Float64Array, begin: Line, { levelWeight, trendWeight, damping }: Setting): Smoothed {
  let level = damping > 0 ? begin.level : begin.mean;
  let trend = damping > 0 ? begin.slope : 0;
  let squares = 0;
  for (let slot = begin.first; slot < values.length; slot++) {
    trend *= damping;
    level += trend;
    const value = values[slot]!;
    if (value !== value) continue;
    const error = value - level;
    squares += error * error;
    level += levelWeight * error;
    trend += trendWeight * error;
  }
  return { level, trend, squares };
}
