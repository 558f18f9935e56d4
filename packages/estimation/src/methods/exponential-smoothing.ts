import { decompose, recompose } from './decomposition.js';
import type { History } from './history.js';
import { finishPath, type Method } from './method.js';

const weights = [0.02, 0.05, 0.1, 0.2, 0.4];
/** By how much a trend is damped from slot to slot, so that it dies out. */
const damping = 0.9;

/**
 * Simple exponential smoothing of the series without its seasonal differences (Brown 1959; Hyndman & Athanasopoulos,
 * "Forecasting: Principles and Practice", section 8.1), carried flat through a gap at the end. The weight is that of five with
 * the smallest squared error one slot ahead.
 */
export const simpleExponentialSmoothing: Method = (history) => {
  const { profile, phases, from, to } = history;
  const adjusted = adjust(history, (value, slot) => value - profile.difference[phases[slot]!]!);
  const fitted = fit(adjusted, false);
  if (fitted === null) return null;
  const path = Float64Array.from(
    { length: to - from },
    (_, at) => profile.difference[phases[from + at]!]! + fitted.level,
  );
  return finishPath(path, history);
};

/**
 * Decomposition with exponential smoothing of the series without its season: a level and a damped trend, ETS(A,Ad,N) (Gardner
 * & McKenzie 1985), the way of R's `stlf`.
 */
export const decompositionSmoothing: Method = (history) => {
  const parts = decompose(history);
  const { profile, phases, from, to } = history;
  const adjusted = adjust(history, (value, slot) => {
    const phase = phases[slot]!;
    if (!parts.isFactor) return value - profile.difference[phase]!;
    return profile.ratio[phase]! > 0.05 ? value / profile.ratio[phase]! : NaN;
  });
  const fitted = fit(adjusted, true);
  if (fitted === null) return null;
  return recompose(parts, history, (place) => {
    const ahead = place * (to - from + 1);
    return fitted.level + (fitted.trend * damping * (1 - damping ** ahead)) / (1 - damping);
  });
};

/** Four seasons in front of the gap, without their season. */
function adjust({ values, season, from }: History, of: (value: number, slot: number) => number): Float64Array {
  const begin = Math.max(0, from - Math.max(4 * season, 56));
  return Float64Array.from(values.subarray(begin, from), (value, at) => of(value, begin + at));
}

/** Level and trend in the slot before the gap. */
interface Fitted {
  readonly level: number;
  readonly trend: number;
  /** Of the errors one slot ahead. */
  readonly squares: number;
}

function fit(values: Float64Array, hasTrend: boolean): Fitted | null {
  let best: Fitted | null = null;
  for (const weight of weights) {
    for (const trendWeight of hasTrend ? [0, 0.1] : [0]) {
      const fitted = run(values, weight, weight * trendWeight);
      if (fitted !== null && (best === null || fitted.squares < best.squares)) best = fitted;
    }
  }
  return best;
}

function run(values: Float64Array, weight: number, trendWeight: number): Fitted | null {
  const first = values.findIndex((value) => value === value);
  if (first < 0) return null;
  // The mean of the first known values, so that one of them does not decide.
  let level = 0;
  let known = 0;
  for (let slot = first; slot < values.length && known < 10; slot++) {
    if (values[slot] === values[slot]) level += (values[slot]! - level) / ++known;
  }
  let [trend, squares] = [0, 0];
  for (let slot = first; slot < values.length; slot++) {
    const expected = level + damping * trend;
    const value = values[slot]!;
    trend *= damping;
    if (value === value) {
      const error = value - expected;
      squares += error * error;
      level = expected + weight * error;
      trend += trendWeight * error;
    } else level = expected;
  }
  return { level, trend, squares };
}
