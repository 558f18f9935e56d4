import { RecoveryError } from '@eventmend/core';
import { findAssumptions } from './assumptions/find-assumptions.js';
import { chooseMasks, placeGap, type Masks, type PlacedGap } from './backtest/choose-masks.js';
import { chooseMethod } from './backtest/choose-method.js';
import { findLackOfSkill } from './backtest/find-lack-of-skill.js';
import { maskedHistories } from './backtest/masked-histories.js';
import { runBacktest, type BacktestErrors } from './backtest/run-backtest.js';
import { quantityOf, type Target } from './backtest/target.js';
import type { Backtest, DataUsed, Gap, GapEstimate, PathSlot } from './estimate.js';
import { calibrate, type Calibration } from './intervals/calibrate.js';
import { conformalInterval, intervalLevels, widen } from './intervals/conformal.js';
import { coverageByHalves } from './intervals/coverage-by-halves.js';
import { covariateInProportion } from './methods/covariate-ratio.js';
import { baselineFor, methodNamed, portfolioFor, type MethodName } from './methods/portfolio.js';
import type { Span } from './methods/history.js';
import { findLevelShift } from './refusal/find-level-shift.js';
import { refuse, type RefusalReason } from './refusal/refusal.js';
import { findOutliers } from './series/find-outliers.js';
import { hideBehindGap } from './series/hide-behind-gap.js';
import { extendSeries } from './series/regular-series.js';
import type { Series } from './series/series.js';
import { spanOf } from './series/span-of-gap.js';

export interface EstimateOptions {
  /** The sum over the gap by default; for a level its value at the end. */
  readonly target?: Target;
  /** What another system measured on the same grid, in the gap too. */
  readonly covariate?: Series;
  /** The widest interval that is of use: half the width at 90 % over the estimate, such as 0.1. No limit by default. */
  readonly maxWidth?: number;
  /** The incident changed the demand itself: then only a covariate can tell by how much. */
  readonly demandChanged?: boolean;
}

/** The fewest masks that give a finite interval of 90 %. */
const fewestMasks = 9;

/**
 * Estimates a gap of a series: known spans like it are hidden one after the other, the method that fills them best is
 * chosen, and its errors there are the interval. What the series holds inside of the gap is not looked at. A gap that begins
 * or ends inside of a slot is widened to whole slots.
 * @throws RecoveryError `invalid-argument` for a gap that ends before it begins or that the grid cannot hold, for the total of a
 *   level, and for a covariate on another grid
 */
export function estimateGap(series: Series, gap: Gap, options: EstimateOptions = {}): GapEstimate {
  return estimateWithMasks(series, gap, options, chooseMasks);
}

/** The same over masks that somebody else chooses: several series share theirs. */
export function estimateWithMasks(
  history: Series,
  gap: Gap,
  options: EstimateOptions,
  masksOf: (series: Series, place: PlacedGap) => Masks,
): GapEstimate {
  const extended = extendSeries(history, Number.isFinite(gap.to) ? gap.to : 0);
  const span = spanOf(extended, gap);
  const series = hideBehindGap(extended, span);
  const target = options.target ?? (series.measure === 'level' ? 'end' : 'total');
  if (series.measure === 'level' && target === 'total') {
    throw new RecoveryError('invalid-argument', 'the values of a level cannot be added up', {
      hint: 'ask for its path, or for its value at the end of the gap',
    });
  }
  const covariate = options.covariate === undefined ? null : alignCovariate(options.covariate, series);
  const data = describeData(series, span);
  const refused = (reason: RefusalReason, backtest: Backtest | null = null): GapEstimate => ({
    ...refuse(reason),
    ...{ data, backtest },
  });
  const isCovered = covariate !== null && covariate.subarray(span.from, span.to).every((value) => value === value);
  const early = refuseEarly(series, span, data, isCovered);
  if (early !== null) return refused(early);
  if (options.demandChanged === true && !isCovered) return refused({ code: 'demand-changed' });
  const place = placeGap(series, span);
  const masks = masksOf(series, place);
  if (masks.selection.length === 0) {
    return refused({ code: 'gap-too-long', gap: data.slots, longestKnown: longestKnown(series, span) });
  }
  if (masks.calibration.length < fewestMasks) {
    return refused({ code: 'too-few-masks', masks: masks.calibration.length, needed: fewestMasks });
  }
  const histories = maskedHistories(series, place, covariate);
  const side = place.seen.after === 0 ? 'end' : 'middle';
  // Where the demand changed, the past says nothing without the covariate.
  const methods = portfolioFor(side, series.measure).filter(
    ([name]) => options.demandChanged !== true || name === 'covariate-ratio',
  );
  const baseline = baselineFor(side, series.measure, series.season);
  const errors = runBacktest(histories, masks.selection, methods, target);
  const method = chooseMethod(errors, baseline);
  const path = method === null ? null : methodNamed(method)(histories.ofGap());
  if (method === null || path === null) return refused({ code: 'no-method' });
  const quantity = target === 'path' ? (series.measure === 'level' ? 'end' : 'total') : target;
  const calibration = calibrate(histories, masks.calibration, methodNamed(method), quantity, path);
  const { scores, independent, scale } = calibration;
  const backtest = describeBacktest(series, masks, data.slots, { ...errors, baseline }, calibration);
  const shift =
    isCovered && method === 'covariate-ratio'
      ? null
      : findLevelShift(histories, masks.calibration, place, series.season);
  if (shift !== null) return refused({ code: 'level-shift', ...shift }, backtest);
  const lack = findLackOfSkill(errors, method);
  if (lack !== null) return refused({ code: 'no-skill', ...lack }, backtest);
  const estimate = quantityOf(path, quantity);
  const proportional = method === 'covariate-ratio' ? covariateInProportion(histories.ofGap()) : null;
  // A covariate may move as it never did before: the interval then holds the estimate of plain proportion too.
  const alternative = proportional === null ? estimate : quantityOf(proportional, quantity);
  const intervals = intervalLevels.map((level) =>
    widen(conformalInterval(estimate, scale, { scores, independent, level }, series.isNonNegative), alternative),
  );
  const width = relativeWidth(estimate, intervals.find(({ level }) => level === 0.9)!.high);
  if (options.maxWidth !== undefined && !(width <= options.maxWidth)) {
    return refused({ code: 'too-wide', width, allowed: options.maxWidth }, backtest);
  }
  return {
    status: 'estimated',
    fidelity: place.seen.after === 0 || place.seen.before === 0 ? 'extrapolated' : 'interpolated',
    ...{ target, estimate, intervals, method, backtest, data },
    path: pathOf(series, span, path, calibration, target),
    bands: target === 'path' ? 'all' : 'each',
    assumptions: findAssumptions({
      series,
      place,
      histories,
      method,
      quantity,
      masks,
      independent,
      data,
      proportional,
    }),
  };
}

function refuseEarly(series: Series, span: Span, { known }: DataUsed, isCovered: boolean): RefusalReason | null {
  const slots = span.to - span.from;
  if (known < slots) return { code: 'gap-too-long', gap: slots, longestKnown: longestKnown(series, span) };
  const needed = 2 * series.season;
  return known < needed && !isCovered ? { code: 'too-few-seasons', known, needed } : null;
}

/** @throws RecoveryError `invalid-argument` where its slots are not those of the series */
function alignCovariate({ step, zone, edges, values }: Series, series: Series): Float64Array {
  if (step !== series.step || zone !== series.zone) {
    throw new RecoveryError('invalid-argument', 'the covariate is on another grid', {
      hint: 'make both series with the same step and zone',
    });
  }
  const slots = new Map(Array.from(values, (value, slot) => [edges[slot]!, value]));
  return Float64Array.from(series.values, (_, slot) => slots.get(series.edges[slot]!) ?? NaN);
}

function describeData(series: Series, span: Span): DataUsed {
  const { edges, values, season, isNonNegative, resets } = series;
  let [known, survived] = [0, 0];
  const outside = values.slice().fill(NaN, span.from, span.to);
  values.forEach((value, slot) => {
    if (Number.isNaN(value)) return;
    if (slot >= span.from && slot < span.to) survived++;
    else known++;
  });
  const slots = span.to - span.from;
  return {
    from: edges[span.from]!,
    to: edges[span.to]!,
    ...{ slots, season, known, survived, isNonNegative },
    missing: values.length - slots - known,
    outliers: findOutliers({ ...series, values: outside }),
    resets: resets.map((slot) => edges[slot]!),
  };
}

function longestKnown({ values }: Series, span: Span): number {
  let [longest, run] = [0, 0];
  values.forEach((value, slot) => {
    run = Number.isNaN(value) || (slot >= span.from && slot < span.to) ? 0 : run + 1;
    longest = Math.max(longest, run);
  });
  return longest;
}

function describeBacktest(
  { edges }: Series,
  { selection, calibration, isApart, phase }: Masks,
  length: number,
  { scores, baseline }: BacktestErrors & { readonly baseline: MethodName },
  { starts, scores: distances, independent }: Calibration,
): Backtest {
  const all = [...new Set([...selection, ...calibration])].sort((a, b) => a - b);
  return {
    selection: selection.length,
    calibration: distances.length,
    independent: Math.floor(independent),
    ...{ isApart, phase, scores, baseline },
    coverage: coverageByHalves(starts, distances, length),
    masks: all.map((slot) => edges[slot]!),
  };
}

function pathOf(
  { edges, isNonNegative }: Series,
  span: Span,
  path: Float64Array,
  { slotScores, largestSlotScores, slotScales, independent }: Calibration,
  target: Target,
): readonly PathSlot[] {
  return Array.from(path, (estimate, at) => {
    const scores = target === 'path' ? largestSlotScores : slotScores[at]!;
    const { low, high } = conformalInterval(
      estimate,
      slotScales[at]!,
      { scores, independent, level: 0.9 },
      isNonNegative,
    );
    return { from: edges[span.from + at]!, to: edges[span.from + at + 1]!, estimate, low, high };
  });
}

/** Half a width over the estimate; Infinity for an estimate of zero that may be something else. */
function relativeWidth(estimate: number, high: number): number {
  const half = high - estimate;
  return half === 0 ? 0 : half / Math.abs(estimate);
}
