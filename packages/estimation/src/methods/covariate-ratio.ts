import { finishPath, type Method } from './method.js';
import { meanOfPhase } from './slot-mean.js';

const neighbours = 4;

/**
 * What another system measured in the same slots tells how far the gap was from its slot means: log(y / slot mean of y) =
 * beta log(x / slot mean of x), with beta from least squares over the known slots (an elasticity; Chow & Lin 1971 relate series
 * in this way, in levels). A tenth of the mean is added under each logarithm, so that zeros have one. Null without a covariate
 * that is known in the whole gap, and for what can be negative.
 */
export const covariateRatio: Method = (history) => {
  const { values, covariate, from, to, isNonNegative, profile } = history;
  if (covariate === null || !isNonNegative || !(profile.mean > 0)) return null;
  const [own, other] = [profile.mean / 10, meanOf(covariate) / 10];
  // The slot mean of the covariate looks at other slots only, as that of the series does.
  const deviation = (of: Float64Array, slot: number, least: number) =>
    Math.log((of[slot]! + least) / (meanOfPhase(history, of, slot, neighbours) + least));
  let [products, squares] = [0, 0];
  for (let slot = 0; slot < values.length; slot++) {
    if (values[slot] !== values[slot]) continue;
    const x = deviation(covariate, slot, other);
    const product = x * deviation(values, slot, own);
    if (!Number.isFinite(product)) continue;
    products += product;
    squares += x * x;
  }
  if (!(squares > 0)) return null;
  const beta = products / squares;
  const path = new Float64Array(to - from);
  for (let at = 0; at < path.length; at++) {
    const slot = from + at;
    const mean = meanOfPhase(history, values, slot, neighbours);
    path[at] = (mean + own) * Math.exp(beta * deviation(covariate, slot, other)) - own;
  }
  return finishPath(path, history);
};

function meanOf(values: Float64Array): number {
  let [sum, count] = [0, 0];
  for (const value of values) {
    if (value !== value) continue;
    sum += value;
    count++;
  }
  return sum / count;
}
