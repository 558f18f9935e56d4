import { enoughMasks, type Masks, type PlacedGap } from '../backtest/choose-masks.js';
import { maskedHistories, type HistorySource } from '../backtest/masked-histories.js';
import { quantityOf, type Target } from '../backtest/target.js';
import type { Assumption, DataUsed } from '../estimate.js';
import { fewIndependent } from '../intervals/conformal.js';
import { seasonAtLevel, sideLevels, type SideLevels } from '../methods/local-level.js';
import { finishPath } from '../methods/method.js';
import { methodNamed, type MethodName } from '../methods/portfolio.js';
import type { History } from '../methods/history.js';
import type { Series } from '../series/series.js';

export interface EstimateBasis {
  readonly series: Series;
  readonly place: PlacedGap;
  readonly histories: HistorySource;
  readonly method: MethodName;
  readonly quantity: Exclude<Target, 'path'>;
  readonly masks: Masks;
  /** How many masks that have nothing to do with each other would tell as much as those of the calibration. */
  readonly independent: number;
  readonly data: DataUsed;
  /** The path if the series goes up and down by the share of its covariate; null where that was not the method. */
  readonly proportional: Float64Array | null;
}

/** What an estimate takes for granted, with the figures if it is not so. */
export function findAssumptions(basis: EstimateBasis): readonly Assumption[] {
  const { series, place, histories, masks, independent, data } = basis;
  const { gap, seen } = place;
  const history = histories.ofGap();
  const levels = sideLevels(history, Math.max(series.season, 7));
  const found: Assumption[] = [];
  if (isConstant(history)) found.push({ code: 'no-variation', ifNot: [] });
  else if (seen.after > 0 && seen.before > 0) {
    const ifNot = [levels.before, levels.behind].flatMap((level) => atLevel(basis, history, levels, level));
    found.push({ code: 'level-between', ifNot });
  } else found.push({ code: 'level-stays', ifNot: [] });
  if (basis.proportional !== null) {
    found.push({ code: 'covariate-elasticity', ifNot: [quantityOf(basis.proportional, basis.quantity)] });
  }
  found.push(...ofCalendar(basis, history, levels));
  if (data.outliers.length > 0) found.push({ code: 'outliers-belong', ifNot: withoutOutliers(basis) });
  if (data.isNonNegative && (series.measure === 'sum' || series.measure === 'level')) {
    found.push({ code: 'non-negative', ifNot: [] });
  }
  if (masks.phase !== 'season') found.push({ code: 'phase-relaxed', ifNot: [] });
  if (masks.selection.length < enoughMasks) found.push({ code: 'few-masks', ifNot: [] });
  else if (!masks.isApart) found.push({ code: 'shared-masks', ifNot: [] });
  if (independent < fewIndependent) found.push({ code: 'overlapping-masks', ifNot: [] });
  if (series.season < 28 && series.marks.slice(gap.from, gap.to).some(({ isMonthEnd }) => isMonthEnd)) {
    found.push({ code: 'month-end', ifNot: [] });
  }
  return found;
}

function atLevel({ quantity }: EstimateBasis, history: History, { isFactor }: SideLevels, level: number): number[] {
  const path = finishPath(
    seasonAtLevel(history, isFactor, () => level),
    history,
  );
  return path === null ? [] : [quantityOf(path, quantity)];
}

/** Only where days are modelled: a holiday that was not given would be a day like the lowest of the week. */
function ofCalendar(
  { series, place, quantity }: EstimateBasis,
  history: History,
  levels: SideLevels,
): readonly Assumption[] {
  const { step, calendar, marks } = series;
  if (calendar.season !== null || (step !== 'day' && step !== 'hour')) return [];
  if (marks.slice(place.gap.from, place.gap.to).every(({ isHoliday }) => isHoliday)) return [];
  const slotsOfDay = step === 'hour' ? 24 : 1;
  const days = Array.from({ length: 7 }, (_, day) => {
    const differences = history.profile.difference.subarray(day * slotsOfDay, (day + 1) * slotsOfDay);
    return differences.reduce((sum, difference) => sum + difference, 0);
  });
  const lowest = days.indexOf(Math.min(...days));
  if (lowest < 0) return [{ code: 'no-holiday', ifNot: [] }];
  const phases = history.phases.map((phase) => lowest * slotsOfDay + (phase % slotsOfDay));
  const level = Number.isNaN(levels.behind)
    ? levels.before
    : Number.isNaN(levels.before)
      ? levels.behind
      : (levels.before + levels.behind) / 2;
  const path = finishPath(
    seasonAtLevel({ ...history, phases }, levels.isFactor, () => level),
    history,
  );
  return [{ code: 'no-holiday', ifNot: path === null ? [] : [quantityOf(path, quantity)] }];
}

function withoutOutliers({ series, place, method, quantity, data }: EstimateBasis): number[] {
  const times = new Set(data.outliers.map(({ time }) => time));
  const values = series.values.map((value, slot) => (times.has(series.edges[slot]!) ? NaN : value));
  const path = methodNamed(method)(maskedHistories({ ...series, values }, place, null).ofGap());
  return path === null ? [] : [quantityOf(path, quantity)];
}

function isConstant({ values }: History): boolean {
  const first = values.find((value) => value === value);
  return values.every((value) => value !== value || value === first);
}
