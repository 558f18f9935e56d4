import { sumAsWritten } from '../../evidence/compare/sum-as-written.js';
import type { Plan } from '../../model/plan/plan.js';
import type { LiveComparison } from '../../model/strategy/live-comparison.js';
import type { ComparedMeasure, ComparedRecovery, ComparedSubject } from './comparison.js';
import type { SelectedRun } from './select-runs.js';
import type { SideTally } from './tally-side.js';

/** What a side of a comparison was besides its keys. */
export interface DescribedSide {
  readonly subject: ComparedSubject;
  /** Null for the live state. */
  readonly run: SelectedRun | null;
  readonly doubt: LiveComparison['reason'];
  readonly besideLog: number;
  /** It and the reference have outputs. */
  readonly hasOutputs: boolean;
}

/**
 * One side of a comparison in figures.
 * @param reference null where this side is held against nothing
 * @param isLimited only some keys are compared: what the plan said of all of them is then no figure to hold against
 */
export function summariseSide(
  tally: SideTally,
  { subject, run, doubt, besideLog, hasOutputs }: DescribedSide,
  reference: SideTally | null,
  measures: readonly string[],
  isLimited: boolean,
): ComparedRecovery {
  const { keys, fidelity, states, wrongAs, outputs, wrongKeys } = tally;
  return {
    subject,
    keys,
    fidelity: run === null ? null : { ...fidelity },
    states: reference === null ? null : { ...states, wrongAs: { ...wrongAs } },
    outputs: reference === null || !hasOutputs ? null : { ...outputs, besideLog },
    measures: measures.map((measure, at) => measureOf(measure, at, tally, reference, isLimited ? null : run)),
    wrongKeys: reference === null ? [] : wrongKeys,
    loss: run === null ? null : lossOf(run),
    time: run === null ? null : timeOf(run),
    doubt,
  };
}

function measureOf(
  measure: string,
  at: number,
  tally: SideTally,
  reference: SideTally | null,
  run: SelectedRun | null,
): ComparedMeasure {
  const sum = numberOf(tally.measures[at]?.sum.value);
  const theirs = numberOf(reference?.measures[at]?.sum.value);
  const interval = intervalOf(run?.plan, measure);
  return {
    measure,
    sum,
    reference: theirs,
    off: sum === null || theirs === null ? null : difference(sum, theirs),
    offByKey: reference === null ? null : numberOf(tally.measures[at]?.offByKey.value),
    ...(interval !== null && {
      interval: { ...interval, holds: theirs === null ? null : theirs >= interval.low && theirs <= interval.high },
    }),
  };
}

function intervalOf(plan: Plan | undefined, measure: string) {
  const planned = plan?.estimates?.ensemble?.sums.find((sum) => sum.measure === measure);
  if (planned === undefined) {
    const { estimated } = plan?.sums?.measures.find((sum) => sum.measure === measure) ?? {};
    return estimated === undefined ? null : { level: estimated.level, low: estimated.low, high: estimated.high };
  }
  const { level, low, high } = planned;
  return { level, low, high };
}

function lossOf({ plan, report }: SelectedRun): ComparedRecovery['loss'] {
  const { unavailable, quarantined } = report.totals;
  const { directKeys, carriedKeys } = report.fidelity;
  const stoodIn = plan.segments
    .filter(({ log, stoodIn: isStoodIn }) => log === null && isStoodIn === true)
    .reduce((sum, { from, to, openEnd }) => sum + Number(to) - Number(from) - (openEnd === true ? 1 : 0), 0);
  return { unavailable, quarantined, stoodIn, directKeys, carriedKeys, expected: plan.expected.loss.events };
}

function timeOf({ plan, report }: SelectedRun): ComparedRecovery['time'] {
  return {
    elapsedMs: report.elapsedMs,
    expectedMs: plan.measured.durationMs,
    applied: report.totals.applied,
    expectedEvents: plan.expected.events,
  };
}

function numberOf(value: number | undefined): number | null {
  return value === undefined || !Number.isFinite(value) ? null : value;
}

/** As decimals: 0.3 - 0.1 is 0.2. */
function difference(sum: number, other: number): number {
  return sumAsWritten([sum, -other]);
}
