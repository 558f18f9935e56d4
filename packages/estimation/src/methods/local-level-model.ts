import { finishPath, type Method } from './method.js';

/** Variances of the level's steps over that of the noise that are tried. */
const ratios = [0.001, 0.01, 0.1, 1];

/**
 * A structural model: the profile of the season, plus a level that walks at random, plus noise (the local level model; Harvey
 * 1989, "Forecasting, Structural Time Series Models and the Kalman Filter"; Durbin & Koopman 2012, chapter 2). The level in the
 * gap comes from the Kalman filter and the fixed-interval smoother of Rauch, Tung & Striebel (1965), at the ratio of variances
 * with the greatest concentrated likelihood of four. At the end of a series the smoother has nothing to add, and it is a
 * forecast.
 */
export const localLevelModel: Method = (history) => {
  const { values, phases, profile, season, from, to } = history;
  const reach = Math.max(4 * season, 28);
  const begin = Math.max(0, from - reach);
  const end = Math.min(values.length, to + reach);
  const adjusted = new Float64Array(end - begin);
  for (let slot = begin; slot < end; slot++) adjusted[slot - begin] = values[slot]! - profile.difference[phases[slot]!]!;
  let best: Filtered | null = null;
  for (const ratio of ratios) {
    const filtered = filter(adjusted, ratio);
    if (filtered !== null && (best === null || filtered.logLikelihood > best.logLikelihood)) best = filtered;
  }
  if (best === null) return null;
  const levels = smooth(best);
  const path = new Float64Array(to - from);
  for (let at = 0; at < path.length; at++) {
    path[at] = profile.difference[phases[from + at]!]! + levels[from - begin + at]!;
  }
  return finishPath(path, history);
};

interface Filtered {
  readonly ratio: number;
  /** Level and its variance (in units of the noise's) given everything up to each slot. */
  readonly levels: Float64Array;
  readonly variances: Float64Array;
  readonly logLikelihood: number;
}

function filter(values: Float64Array, ratio: number): Filtered | null {
  const levels = new Float64Array(values.length);
  const variances = new Float64Array(values.length);
  const first = values.findIndex((value) => value === value);
  if (first < 0) return null;
  // A diffuse start: the first known value is the level, with the variance of the noise.
  let [level, variance] = [values[first]!, 1];
  let [squares, logs, count] = [0, 0, 0];
  levels.fill(level, 0, first + 1);
  variances.fill(variance, 0, first + 1);
  for (let slot = first + 1; slot < values.length; slot++) {
    variance += ratio;
    const value = values[slot]!;
    if (value === value) {
      const error = value - level;
      const spread = variance + 1;
      squares += (error * error) / spread;
      logs += Math.log(spread);
      count++;
      level += (variance / spread) * error;
      variance /= spread;
    }
    levels[slot] = level;
    variances[slot] = variance;
  }
  return { ratio, levels, variances, logLikelihood: -0.5 * (count * Math.log(squares / count + 1e-300) + logs) };
}

function smooth({ levels, variances, ratio }: Filtered): Float64Array {
  const smoothed = levels.slice();
  for (let slot = levels.length - 2; slot >= 0; slot--) {
    const gain = variances[slot]! / (variances[slot]! + ratio);
    smoothed[slot] = levels[slot]! + gain * (smoothed[slot + 1]! - levels[slot]!);
  }
  return smoothed;
}
