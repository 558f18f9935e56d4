import {
  fidelitiesFromWorst,
  type BaselineCandidate,
  type PlannedSums,
  type PreparedInputs,
} from '@eventmend/core/engine';
import { estimateGap } from '../estimate-gap.js';
import type { GapEstimate } from '../estimate.js';
import { detectStep } from '../series/detect-step.js';
import { slotEdges, slotStart, type GridStep } from '../series/grid.js';
import { regularSeries, type Observation } from '../series/regular-series.js';
import type { DatedCopy, MeasuredCopy } from './measured-copy.js';

const shownLevel = 0.9;
const zone = 'UTC';
/** So many of the copies a plan keeps for a picture. */
const keptCopies = 120;

/**
 * What each measure of the worker comes to over all keys at a moment for which nobody has states: the history of its sums, in copies
 * of the states from before the error, is carried on as any other series is. A total of that moment that somebody else gives stands
 * beside it. Times are told apart by the grid of the copies: of nightly ones the estimate is that of the night in the day of the
 * moment.
 * @returns null where the copies are too irregular for a grid, or the moment lies in the slot of the last one
 */
export function sumsOfCopies(
  copies: readonly MeasuredCopy[],
  at: number,
  totals: NonNullable<PreparedInputs['situation']['totals']>,
): PlannedSums | null {
  const step = detectStep(
    copies.map(({ takenAt }) => takenAt),
    zone,
  );
  const last = copies.at(-1);
  if (step === null || last === undefined) return null;
  const [, behind = Infinity] = slotEdges(last.takenAt, last.takenAt + 1, step, zone);
  if (at <= behind) return null;
  const measures = Object.keys(last.sums).map((measure) => {
    const observations = lastOfSlots(copies, measure, step);
    const series = regularSeries(observations, { step, zone, measure: 'level' });
    const estimate = estimateGap(series, { from: behind, to: at }, { target: 'end' });
    const stated = totals.find((total) => isOfAll(total, measure, at));
    const history = observations.filter(({ value }) => Number.isFinite(value)).slice(-keptCopies);
    return { measure, ...saying(estimate), ...(stated !== undefined && { stated: stated.value }), history };
  });
  return {
    ...{ at, copies: copies.length, from: copies[0]?.takenAt ?? at, to: last.takenAt, step },
    // No interval tells of copies that are wrong.
    fidelity: worstWord(copies),
    measures,
  };
}

function isOfAll(
  total: NonNullable<PreparedInputs['situation']['totals']>[number],
  measure: string,
  at: number,
): boolean {
  return total.measure === measure && total.keys === undefined && (total.at === null || total.at === at);
}

function saying(estimate: GapEstimate): Omit<PlannedSums['measures'][number], 'measure' | 'stated' | 'history'> {
  if (estimate.status === 'refused') return { refused: estimate.reason.code };
  const interval = estimate.intervals.find(({ level }) => level === shownLevel);
  if (interval === undefined || !Number.isFinite(interval.high) || !Number.isFinite(interval.low)) {
    return { refused: 'too-few-masks' };
  }
  const { low, high } = interval;
  const { method, backtest } = estimate;
  return {
    estimated: { estimate: estimate.estimate, level: shownLevel, low, high, method, masks: backtest.calibration },
  };
}

/** Of several copies in one slot the last: a level is what it comes to at its end. */
function lastOfSlots(copies: readonly MeasuredCopy[], measure: string, step: GridStep): readonly Observation[] {
  const slots = new Map<number, Observation>();
  for (const { takenAt, sums } of copies) {
    slots.set(slotStart(takenAt, step, zone), { time: takenAt, value: sums[measure] ?? NaN });
  }
  return [...slots.values()];
}

function worstWord(copies: readonly DatedCopy[]): PlannedSums['fidelity'] {
  const words = copies.map(({ basis }) => wordOf[basis]);
  return (
    fidelitiesFromWorst.find((word) => word === 'extrapolated' || words.some((one) => one === word)) ?? 'extrapolated'
  );
}

const wordOf: Readonly<Record<BaselineCandidate['basis'], PlannedSums['fidelity']>> = {
  genesis: 'exact',
  proven: 'exact',
  declared: 'declared',
  unproven: 'unproven',
};
