import { RecoveryError } from '@eventmend/core';
import { chooseMasks, enoughMasks, placeGap, type Masks } from './backtest/choose-masks.js';
import { maskedHistories } from './backtest/masked-histories.js';
import { quantityOf } from './backtest/target.js';
import { estimateWithMasks, type EstimateOptions } from './estimate-gap.js';
import type { Gap, GapEstimate } from './estimate.js';
import { conformalInterval, intervalLevels, type Interval } from './intervals/conformal.js';
import { effectiveCount } from './intervals/effective-count.js';
import { errorGrowth } from './intervals/error-growth.js';
import { methodNamed } from './methods/portfolio.js';
import { hideBehindGap } from './series/hide-behind-gap.js';
import { spanOf } from './series/span-of-gap.js';
import { sameGrid } from './series/regular-series.js';
import type { Series } from './series/series.js';

/** A gap of many keys at once. */
export interface KeysEstimate {
  readonly keys: ReadonlyMap<string, GapEstimate>;
  /** Of all keys together. */
  readonly sum: SumEstimate;
}

/** The sum over keys: of its estimates, or of its own series where a key is refused. */
export type SumEstimate =
  | {
      readonly from: 'keys';
      readonly estimate: number;
      readonly intervals: readonly Interval[];
      /** Masks in which all keys were estimated at once, and how many that have nothing to do with each other would tell as much. */
      readonly masks: number;
      readonly independent: number;
    }
  | { readonly from: 'sum'; readonly result: GapEstimate };

/**
 * Estimates a gap key by key, and for all keys together. The interval of the sum comes from the errors of the sum, masks shared by
 * all keys: errors of keys go up and down together, so that their variances must not be added. Series of other lengths are
 * brought onto one grid.
 * @throws RecoveryError `invalid-argument` for no series, for the grids of several steps, zones or measures, and what
 *   `estimateGap` throws
 */
export function estimateKeys(
  seriesByKey: ReadonlyMap<string, Series>,
  gap: Gap,
  options: Omit<EstimateOptions, 'covariate'> = {},
): KeysEstimate {
  const onGrid = sameGrid(seriesByKey, gap.to);
  const span = spanOf(sumOfSeries([...onGrid.values()]), gap);
  const series = new Map([...onGrid].map(([key, of]) => [key, hideBehindGap(of, span)] as const));
  const total = sumOfSeries([...series.values()]);
  if (total.measure === 'level' && options.target === 'path') {
    throw new RecoveryError('invalid-argument', 'the paths of several levels are not estimated together', {
      hint: 'ask for one key, or for the end of the gap',
    });
  }
  const place = placeGap(total, span);
  const shared = chooseMasks(total, place);
  const isShared = shared.calibration.length >= enoughMasks / 2;
  const masksOf = isShared ? withKnown(shared) : chooseMasks;
  const keys = new Map([...series].map(([key, of]) => [key, estimateWithMasks(of, gap, options, masksOf)] as const));
  const estimated = [...keys.values()].filter((of) => of.status === 'estimated');
  if (!isShared || estimated.length < keys.size) {
    return { keys, sum: { from: 'sum', result: estimateWithMasks(total, gap, options, () => shared) } };
  }
  const quantity = total.measure === 'level' ? 'end' : 'total';
  const errors = new Float64Array(shared.calibration.length);
  const sizes = new Float64Array(shared.calibration.length);
  for (const [key, of] of series) {
    const result = keys.get(key);
    if (result?.status !== 'estimated') continue;
    const histories = maskedHistories(of, place, null);
    const method = methodNamed(result.method);
    shared.calibration.forEach((start, mask) => {
      const path = method(histories.ofMask(start));
      const truth = quantityOf(histories.truth(start), quantity);
      const estimate = path === null ? NaN : quantityOf(path, quantity);
      errors[mask]! += estimate - truth;
      sizes[mask]! += estimate;
    });
  }
  const estimate = estimated.reduce((sum, of) => sum + of.estimate, 0);
  // A mask in which a method has nothing to work with has no size.
  const isFilled = (_: number, mask: number) => sizes[mask] === sizes[mask];
  const starts = shared.calibration.filter(isFilled);
  const misses = errors.filter(isFilled).map(Math.abs);
  const filled = sizes.filter(isFilled);
  const usual = filled.reduce((sum, size) => sum + size, 0) / filled.length;
  const sizeOf = (of: number) => (total.isNonNegative ? Math.max(of, usual / 10, Number.MIN_VALUE) : 1);
  const length = place.gap.to - place.gap.from;
  const growth = errorGrowth(misses, filled.map(sizeOf), effectiveCount(starts, length));
  const scaleOf = (of: number) => sizeOf(of) ** growth;
  const scores = misses.map((error, mask) => error / scaleOf(filled[mask]!));
  const independent = effectiveCount(starts, length, scores);
  return {
    keys,
    sum: {
      ...{ from: 'keys', estimate, masks: scores.length, independent: Math.floor(independent) },
      intervals: intervalLevels.map((level) =>
        conformalInterval(estimate, scaleOf(estimate), { scores, independent, level }, total.isNonNegative),
      ),
    },
  };
}

/** The shared masks in which a series is known. */
function withKnown(shared: Masks): typeof chooseMasks {
  return ({ values }, { gap }) => {
    const isKnown = (start: number) =>
      values.subarray(start, start + gap.to - gap.from).every((value) => value === value);
    return { ...shared, selection: shared.selection.filter(isKnown), calibration: shared.calibration.filter(isKnown) };
  };
}

/** Slot by slot; missing where any of them is. */
function sumOfSeries(series: readonly Series[]): Series {
  const [first] = series;
  if (first === undefined)
    throw new RecoveryError('invalid-argument', 'there are no series', { hint: 'give at least one' });
  const values = new Float64Array(first.values.length);
  for (const of of series) of.values.forEach((value, slot) => (values[slot]! += value));
  return { ...first, values, isNonNegative: series.every(({ isNonNegative }) => isNonNegative), resets: [] };
}
