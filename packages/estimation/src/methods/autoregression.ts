import { decompose, recompose, type Decomposition } from './decomposition.js';
import { fewestSlots } from './history.js';
import type { Method } from './method.js';

/** So many slots back a value is asked for what it tells. */
const mostLags = 4;

/**
 * The series without its season (see `decompose`) as an autoregression: each value a constant share of the few before it, and an innovation.
 * The gap is filled so that the squared innovations in it and right behind it are smallest, which is the expectation given both sides (Brubacher &
 * Wilson 1976, "Interpolating time series with application to the estimation of holiday effects on electricity demand"); at the end of a
 * series that is its forecast. What happened beside the gap fades into it as it does elsewhere: of the values (`values`) towards their mean, of
 * their changes (`changes`) towards a straight line, with a drift where that is clearer than chance.
 */
export function autoregression(of: 'values' | 'changes'): Method {
  return (history) => {
    const parts = decompose(history);
    const levels = levelsInGap(parts, history.season, of === 'changes');
    return levels === null ? null : recompose(parts, history, (at) => levels[at]!);
  };
}

function levelsInGap({ adjusted, from, to }: Decomposition, season: number, ofChanges: boolean): Float64Array | null {
  // As much in all where there is one side only.
  const reach = (to < adjusted.length ? 1 : 2) * Math.max(season, fewestSlots);
  const begin = Math.max(0, from - reach);
  const values = adjusted.slice(begin, to + reach);
  let gap = { from: from - begin, to: to - begin };
  const isBridged = [bridge(values, 0, gap.from), bridge(values, gap.to, values.length)];
  if (!isBridged.includes(true)) return null;
  // It is the same in both directions of time; from the longer side on, there are enough values to begin with.
  const isBackwards = gap.from < values.length - gap.to;
  if (isBackwards) {
    values.reverse();
    gap = { from: values.length - gap.to, to: values.length - gap.from };
  }
  const series = ofChanges ? values.map((value, slot) => (slot === 0 ? NaN : value - values[slot - 1]!)) : values;
  const { coefficients, mean } = fitByBurg(series, ofChanges);
  // The innovation of a slot: weights over it and those before it, less a constant.
  let weights = [1, ...coefficients.map((coefficient) => -coefficient)];
  const constant = mean * weights.reduce((sum, weight) => sum + weight, 0);
  if (ofChanges) weights = [...weights, 0].map((weight, lag) => weight - (weights[lag - 1] ?? 0));
  const levels = leastInnovations(values, gap, { weights, constant });
  return isBackwards ? (levels?.reverse() ?? null) : levels;
}

/** Fills what is missing in a stretch in straight lines; false where nothing of it is known. */
function bridge(values: Float64Array, begin: number, end: number): boolean {
  let last = -1;
  for (let slot = begin; slot < end; slot++) {
    const value = values[slot]!;
    if (value !== value) continue;
    const first = last < 0 ? begin : last + 1;
    const slope = last < 0 ? 0 : (value - values[last]!) / (slot - last);
    for (let at = first; at < slot; at++) values[at] = value - slope * (slot - at);
    last = slot;
  }
  if (last < 0) return false;
  values.fill(values[last]!, last + 1, end);
  return true;
}

interface Autoregression {
  readonly coefficients: readonly number[];
  readonly mean: number;
}

/**
 * By Burg's recursion (1975, "Maximum entropy spectral analysis"), over the stretches in front of the gap and behind it together, which never gives one
 * that explodes; of the order with the smallest corrected criterion of Akaike (Hurvich & Tsai 1989).
 * @param isDrift whether a mean is taken for zero that lies within two standard errors of it
 */
function fitByBurg(series: Float64Array, isDrift: boolean): Autoregression {
  const runs = knownRuns(series);
  let [count, mean] = [0, 0];
  for (const run of runs) for (const value of run) mean += (value - mean) / ++count;
  let variance = 0;
  for (const run of runs) for (const value of run) variance += ((value - mean) * (value - mean)) / count;
  if (isDrift && mean ** 2 < (4 * variance) / count) {
    variance += mean ** 2;
    mean = 0;
  }
  const errors = runs.map((run) => ({
    ahead: run.map((value) => value - mean),
    back: run.map((value) => value - mean),
  }));
  const criterion = (order: number) =>
    count * Math.log(variance + Number.MIN_VALUE) + 2 * order * (1 + (order + 1) / Math.max(count - order - 1, 1));
  let coefficients: readonly number[] = [];
  let [best, least] = [coefficients, criterion(0)];
  for (let order = 1; order <= Math.min(mostLags, count >> 3); order++) {
    let [products, squares] = [0, 0];
    for (const { ahead, back } of errors) {
      for (let slot = order; slot < ahead.length; slot++) {
        const one = ahead[slot]!;
        const other = back[slot - 1]!;
        products += one * other;
        squares += one * one + other * other;
      }
    }
    if (!(squares > 0)) break;
    const reflection = (2 * products) / squares;
    const before = coefficients;
    coefficients = [...before.map((of, lag) => of - reflection * before[order - 2 - lag]!), reflection];
    for (const { ahead, back } of errors) {
      for (let slot = ahead.length - 1; slot >= order; slot--) {
        const one = ahead[slot]!;
        const other = back[slot - 1]!;
        ahead[slot] = one - reflection * other;
        back[slot] = other - reflection * one;
      }
    }
    variance *= 1 - reflection ** 2;
    if (criterion(order) < least) [best, least] = [coefficients, criterion(order)];
  }
  return { coefficients: best, mean };
}

/** The stretches without a missing value. */
function knownRuns(series: Float64Array): readonly Float64Array[] {
  const runs: Float64Array[] = [];
  for (let slot = 0, start = 0; slot <= series.length; slot++) {
    if (slot < series.length && series[slot] === series[slot]) continue;
    if (slot > start) runs.push(series.subarray(start, slot));
    start = slot + 1;
  }
  return runs;
}

/** The values of a gap with the smallest sum of squared innovations: normal equations in a band, by its Cholesky factor. */
function leastInnovations(
  values: Float64Array,
  { from, to }: { readonly from: number; readonly to: number },
  { weights, constant }: { readonly weights: readonly number[]; readonly constant: number },
): Float64Array | null {
  const lags = weights.length - 1;
  const [size, width] = [to - from, lags + 1];
  /** By row, the element that is so many columns left of its diagonal. */
  const band = new Float64Array(size * width);
  const right = new Float64Array(size);
  for (let slot = from; slot < Math.min(to + lags, values.length); slot++) {
    let known = -constant;
    for (let lag = 0; lag <= lags; lag++) {
      if (slot - lag < from || slot - lag >= to) known += weights[lag]! * values[slot - lag]!;
    }
    // Behind the last known slot, or before the first, nobody knows an innovation.
    if (known !== known) continue;
    for (let lag = 0; lag <= lags; lag++) {
      const row = slot - lag - from;
      if (row < 0 || row >= size) continue;
      right[row]! -= weights[lag]! * known;
      for (let left = 0; lag + left <= lags && left <= row; left++) {
        band[row * width + left]! += weights[lag]! * weights[lag + left]!;
      }
    }
  }
  for (let row = 0; row < size; row++) {
    const first = Math.max(0, row - lags);
    for (let column = first; column <= row; column++) {
      let rest = band[row * width + row - column]!;
      for (let at = first; at < column; at++)
        rest -= band[row * width + row - at]! * band[column * width + column - at]!;
      if (column < row) band[row * width + row - column] = rest / band[column * width]!;
      else if (rest > 0) band[row * width] = Math.sqrt(rest);
      else return null;
    }
    for (let at = first; at < row; at++) right[row]! -= band[row * width + row - at]! * right[at]!;
    right[row]! /= band[row * width]!;
  }
  for (let row = size - 1; row >= 0; row--) {
    for (let at = row + 1; at < Math.min(size, row + width); at++)
      right[row]! -= band[at * width + at - row]! * right[at]!;
    right[row]! /= band[row * width]!;
  }
  return right;
}
