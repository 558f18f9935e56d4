import type { Plan } from '@eventmend/core';
import {
  baselinePart,
  coverPartitions,
  TimeSampler,
  type BaselineCandidate,
  type PreparedInputs,
  type ResolvedTarget,
  type StandInRange,
} from '@eventmend/core/engine';
import { knownStretch } from './known-stretch.js';
import { rangeBetween } from './plan-stand-ins.js';

/** A way through the logs on which known events can be hidden. */
export interface TrialWay {
  readonly baseline: Plan['baseline'];
  readonly range: StandInRange;
  /** The way of the plan itself, on which events are really lost; nothing is lost on any other. */
  readonly isOfPlan: boolean;
  /** When its events happened. */
  readonly times: TimeSampler;
}

/** In front of the baseline, where nothing is lost; and behind it, as the plan itself goes. */
export function trialWays(
  prepared: PreparedInputs,
  newest: BaselineCandidate,
  target: ResolvedTarget,
): readonly TrialWay[] {
  const { survey } = prepared;
  const timesOf = ({ from, to }: StandInRange): TimeSampler =>
    new TimeSampler(survey, coverPartitions(survey, from, to));
  const range = rangeBetween(newest, target);
  const ofPlan = { baseline: [baselinePart(newest)], range, isOfPlan: true, times: timesOf(range) };
  const known = knownStretch(prepared, newest);
  if (known === null) return [ofPlan];
  return [{ baseline: known.plan.baseline, range: known.range, isOfPlan: false, times: timesOf(known.range) }, ofPlan];
}
