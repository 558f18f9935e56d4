import { decompose, recompose, type Decomposition } from './decomposition.js';
import { fewestSlots, type Span } from './history.js';
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
  const fitted = fitByBurg(ofChanges ? changesOf(values) : values, ofChanges);
  const levels = leastInnovations(values, gap, innovationOf(fitted, ofChanges));
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

/** From each slot to the next; NaN in the first. */
function changesOf(values: Float64Array): Float64Array {
  const changes = new Float64Array(values.length).fill(NaN, 0, 1);
  for (let slot = 1; slot < values.length; slot++) changes[slot] = values[slot]! - values[slot - 1]!;
  return changes;
}

interface Autoregression {
  readonly coefficients: Float64Array;
  readonly mean: number;
}

/**
 * By Burg's recursion (1975, "Maximum entropy spectral analysis"), over the stretches in front of the gap and behind it together, which never gives one
 * that explodes; of the order with the smallest corrected criterion of Akaike (Hurvich & Tsai 1989).
 * @param isDrift whether a mean is taken for zero that lies within two standard errors of it
 */
function fitByBurg(series: Float64Array, isDrift: boolean): Autoregression {
  const runs = knownRuns(series);
  let count = 0;
  let mean = 0;
  let variance = 0;
  for (const { from, to } of runs) for (let slot = from; slot < to; slot++) mean += (series[slot]! - mean) / ++count;
  for (const { from, to } of runs) {
    for (let slot = from; slot < to; slot++) variance += ((series[slot]! - mean) * (series[slot]! - mean)) / count;
  }
  if (isDrift && mean ** 2 < (4 * variance) / count) {
    variance += mean ** 2;
    mean = 0;
  }
  const criterion = (order: number) =>
    count * Math.log(variance + Number.MIN_VALUE) + 2 * order * (1 + (order + 1) / Math.max(count - order - 1, 1));
  const errors = errorsFrom(series, mean, runs);
  let coefficients: Float64Array = new Float64Array(0);
  let [best, least] = [coefficients, criterion(0)];
  const most = Math.min(mostLags, count >> 3);
  for (let order = 1; order <= most && errors.squares > 0; order++) {
    const reflection = (2 * errors.products) / errors.squares;
    coefficients = withOneMore(coefficients, reflection);
    variance *= 1 - reflection ** 2;
    if (criterion(order) < least) [best, least] = [coefficients, criterion(order)];
    if (order < most) takeOut(errors, runs, order, reflection);
  }
  return { coefficients: best, mean };
}

/** Levinson's step: the coefficients of the next order. */
function withOneMore(before: Float64Array, reflection: number): Float64Array {
  const order = before.length + 1;
  const after = new Float64Array(order).fill(reflection, order - 1);
  for (let lag = 0; lag < order - 1; lag++) after[lag] = before[lag]! - reflection * before[order - 2 - lag]!;
  return after;
}

/** Errors one slot ahead in both directions of time, and the sums that the next reflection is taken from. */
interface BurgErrors {
  readonly ahead: Float64Array;
  readonly back: Float64Array;
  products: number;
  squares: number;
}

function errorsFrom(series: Float64Array, mean: number, runs: readonly Span[]): BurgErrors {
  const ahead = new Float64Array(series.length);
  let products = 0;
  let squares = 0;
  for (const { from, to } of runs) {
    let other = (ahead[from] = series[from]! - mean);
    for (let slot = from + 1; slot < to; slot++) {
      const one = (ahead[slot] = series[slot]! - mean);
      products += one * other;
      squares += one * one + other * other;
      other = one;
    }
  }
  return { ahead, back: ahead.slice(), products, squares };
}

/** What a reflection explains goes out of the errors; in the same round the sums of the next order are taken of what is left. */
function takeOut(errors: BurgErrors, runs: readonly Span[], order: number, reflection: number): void {
  const { ahead, back } = errors;
  let products = 0;
  let squares = 0;
  for (const { from, to } of runs) {
    if (to - from <= order) continue;
    let before = back[from + order - 1]!;
    let other = NaN;
    for (let slot = from + order; slot < to; slot++) {
      const one = ahead[slot]!;
      const left = one - reflection * before;
      if (slot > from + order) {
        products += left * other;
        squares += left * left + other * other;
      }
      other = before - reflection * one;
      before = back[slot]!;
      ahead[slot] = left;
      back[slot] = other;
    }
  }
  errors.products = products;
  errors.squares = squares;
}
/** The stretches without a missing value. */
function knownRuns(series: Float64Array): readonly Span[] {
  const runs: Span[] = [];
  for (let slot = 0, from = 0; slot <= series.length; slot++) {
    if (slot < series.length && series[slot] === series[slot]) continue;
    if (slot > from) runs.push({ from, to: slot });
    from = slot + 1;
  }
  return runs;
}

/** What makes an innovation of a slot: weights over it and those before it, less a constant. */
interface Innovation {
  readonly weights: Float64Array;
  readonly constant: number;
}

function innovationOf({ coefficients, mean }: Autoregression, ofChanges: boolean): Innovation {
  const lags = coefficients.length;
  const weights = new Float64Array(lags + (ofChanges ? 2 : 1));
  weights[0] = 1;
  for (let lag = 1; lag <= lags; lag++) weights[lag] = -coefficients[lag - 1]!;
  let sum = 0;
  for (const weight of weights) sum += weight;
  if (ofChanges) for (let lag = lags + 1; lag > 0; lag--) weights[lag]! -= weights[lag - 1]!;
  return { weights, constant: mean * sum };
}

/** The values of a gap with the smallest sum of squared innovations: normal equations in a band, by its Cholesky factor. */
function leastInnovations(
  values: Float64Array,
  { from, to }: Span,
  { weights, constant }: Innovation,
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
