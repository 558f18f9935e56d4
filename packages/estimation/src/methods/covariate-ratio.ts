import type { History } from './history.js';
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
  const { covariate, profile, isNonNegative } = history;
  if (covariate === null || !isNonNegative || !(profile.mean > 0)) return null;
  const deviations = deviationsOf(history, covariate);
  const beta = elasticity(history, deviations);
  return beta === null ? null : atElasticity(history, deviations, beta);
};

/** What it would be if both went up and down by the same share: for gaps unlike all of the history. */
export const covariateInProportion: Method = (history) => {
  const { covariate, profile, isNonNegative } = history;
  if (covariate === null || !isNonNegative || !(profile.mean > 0)) return null;
  return atElasticity(history, deviationsOf(history, covariate), 1);
};

interface Deviations {
  /** Logarithms of a slot over its slot mean. */
  readonly ofOwn: (slot: number) => number;
  readonly ofCovariate: (slot: number) => number;
  /** What is added under the logarithm of the series. */
  readonly least: number;
}

function deviationsOf(history: History, covariate: Float64Array): Deviations {
  const { values, from, to, profile } = history;
  // What the covariate did in the gap belongs to no slot mean, as what the series did there does not.
  const outside = covariate.slice().fill(NaN, from, to);
  const deviation = (of: Float64Array, usual: Float64Array, least: number) => (slot: number) =>
    Math.log((of[slot]! + least) / (meanOfPhase(history, usual, slot, neighbours) + least));
  const least = profile.mean / 10;
  return {
    ofOwn: deviation(values, values, least),
    ofCovariate: deviation(covariate, outside, meanOf(outside) / 10),
    least,
  };
}

function elasticity({ values }: History, { ofOwn, ofCovariate }: Deviations): number | null {
  let [products, squares] = [0, 0];
  for (let slot = 0; slot < values.length; slot++) {
    if (values[slot] !== values[slot]) continue;
    const x = ofCovariate(slot);
    const product = x * ofOwn(slot);
    if (!Number.isFinite(product)) continue;
    products += product;
    squares += x * x;
  }
  return squares > 0 ? products / squares : null;
}

function atElasticity(history: History, { ofCovariate, least }: Deviations, beta: number): Float64Array | null {
  const { values, from, to } = history;
  const path = new Float64Array(to - from);
  for (let at = 0; at < path.length; at++) {
    const mean = meanOfPhase(history, values, from + at, neighbours);
    path[at] = (mean + least) * Math.exp(beta * ofCovariate(from + at)) - least;
  }
  return finishPath(path, history);
}

function meanOf(values: Float64Array): number {
  let [sum, count] = [0, 0];
  for (const value of values) {
    if (value !== value) continue;
    sum += value;
    count++;
  }
  return sum / count;
}
