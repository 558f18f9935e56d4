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
  const reach = Math.max(2 * season, 28);
  const begin = Math.max(0, from - reach);
  const end = Math.min(values.length, to + reach);
  const adjusted = new Float64Array(end - begin);
  for (let slot = begin; slot < end; slot++)
    adjusted[slot - begin] = values[slot]! - profile.difference[phases[slot]!]!;
  let [best, greatest] = [ratios[0]!, -Infinity];
  for (const ratio of ratios) {
    const likelihood = filter(adjusted, ratio, null);
    if (likelihood > greatest) [best, greatest] = [ratio, likelihood];
  }
  const filtered = { levels: new Float64Array(adjusted.length), variances: new Float64Array(adjusted.length) };
  if (filter(adjusted, best, filtered) === -Infinity) return null;
  const levels = smooth(filtered, best);
  const path = new Float64Array(to - from);
  for (let at = 0; at < path.length; at++) {
    path[at] = profile.difference[phases[from + at]!]! + levels[from - begin + at]!;
  }
  return finishPath(path, history);
};

/** Level and its variance (in units of the noise's) given everything up to each slot. */
interface Filtered {
  readonly levels: Float64Array;
  readonly variances: Float64Array;
}

/** Gives the concentrated log-likelihood, -Infinity without a known value, and notes levels where somebody wants them. */
function filter(values: Float64Array, ratio: number, into: Filtered | null): number {
  const first = values.findIndex((value) => value === value);
  if (first < 0) return -Infinity;
  // A diffuse start: the first known value is the level, with the variance of the noise.
  let [level, variance] = [values[first]!, 1];
  into?.levels.fill(level, 0, first + 1);
  into?.variances.fill(variance, 0, first + 1);
  // Logarithms of many spreads are taken at once, since they are most of the work.
  let [squares, product, logs, count] = [0, 1, 0, 0];
  for (let slot = first + 1; slot < values.length; slot++) {
    variance += ratio;
    const value = values[slot]!;
    if (value === value) {
      const error = value - level;
      const spread = variance + 1;
      const gain = variance / spread;
      squares += (error * error) / spread;
      product *= spread;
      if (product > 1e200) {
        logs += Math.log(product);
        product = 1;
      }
      count++;
      level += gain * error;
      variance = gain;
    }
    if (into !== null) {
      into.levels[slot] = level;
      into.variances[slot] = variance;
    }
  }
  return -0.5 * (count * Math.log(squares / count + 1e-300) + logs + Math.log(product));
}

function smooth({ levels, variances }: Filtered, ratio: number): Float64Array {
  const smoothed = levels.slice();
  for (let slot = levels.length - 2; slot >= 0; slot--) {
    const gain = variances[slot]! / (variances[slot]! + ratio);
    smoothed[slot] = levels[slot]! + gain * (smoothed[slot + 1]! - levels[slot]!);
  }
  return smoothed;
}
