import type { Plan, PlanSegment } from '../../model/plan/plan.js';
import type { PlanFigures } from '../../model/plan/recovery-choice.js';
import { worstOf, type Fidelity } from '../../model/provenance/provenance.js';

/** What a plan is weighed by; pure, from what the plan says itself. */
export function figuresOf(plan: Plan): PlanFigures {
  const { liveCandidate, measured, expected } = plan;
  const lostEvents = lostEventsOf(plan);
  const fidelity = fidelityOfPlan(plan);
  const isSure = lostEvents === 0 && (fidelity === 'exact' || fidelity === 'declared');
  return {
    expectedWrongKeys: isSure ? 0 : (liveCandidate?.expectedWrong?.chosen ?? null),
    liveWrongKeys: liveCandidate?.expectedWrong?.live ?? null,
    ...(isLiveNearer(plan) && { isLiveNearer: true }),
    keepsLive: liveCandidate?.expectedWrong !== undefined,
    replayedEvents: expected.events,
    neededEvents: expected.loss.events === null ? null : expected.events + expected.loss.events,
    lostEvents,
    fidelity,
    durationMs: measured.durationMs,
    slowestMs: measured.slowestMs ?? measured.durationMs,
  };
}

/** In no measure is the estimate expected to be nearer to what is right than the live state is. */
function isLiveNearer({ estimates }: Plan): boolean {
  const off = estimates?.ensemble?.off ?? [];
  return off.length > 0 && off.every(({ run, live }) => live < run);
}

/**
 * Lost events that no record stands in for, at most: each row that does is one lost event of its topic. Where more rows stand in than
 * offsets of the topic are lost, some are no lost events, and nobody knows which: none of that topic is counted then.
 */
function lostEventsOf({ expected, segments, standIns = [] }: Plan): number | null {
  if (expected.loss.events === null) return null;
  const logs = new Set(standIns.flatMap(({ log }) => log ?? []));
  const lost = new Map<string, number>();
  const rows = new Map<string, number>();
  for (const segment of segments) {
    const { topic, log, from, to } = segment;
    const sums = log !== null && logs.has(log) ? rows : isUnheld(segment) ? lost : null;
    sums?.set(topic, (sums.get(topic) ?? 0) + Number(BigInt(to) - BigInt(from)));
  }
  const replaced = [...rows].reduce((sum, [topic, used]) => sum + (used > (lost.get(topic) ?? 0) ? 0 : used), 0);
  return Math.max(0, expected.loss.events - replaced);
}

function isUnheld({ log, declared, damaged }: PlanSegment): boolean {
  return log === null && declared === undefined && damaged !== true;
}

/** What the result of a plan may be called as a whole at best: the worst of its parts, as `Fidelity` is derived from causes. */
function fidelityOfPlan({ segments, baseline, workerCheck, facts = [] }: Plan): Fidelity {
  const words = new Set<Fidelity>(segments.flatMap(wordOf));
  for (const { basis } of baseline) {
    if (basis === 'unproven') words.add('unproven');
    if (basis === 'declared') words.add('declared');
  }
  if (!workerCheck.checked) words.add('unproven');
  if (facts.some(({ log }) => log !== null)) words.add('external');
  return worstOf(words);
}

function wordOf(segment: PlanSegment): readonly Fidelity[] {
  if (segment.declared !== undefined) return ['declared'];
  if (isLeftOut(segment)) return ['incomplete'];
  return [segment.fidelity];
}

/** Events may have stood there, nothing has them, and nothing was put in their place. */
export function isLeftOut({ log, damaged, declared, stoodIn, fidelity }: PlanSegment): boolean {
  if (damaged === true) return true;
  if (log !== null || declared !== undefined || stoodIn === true) return false;
  return fidelity !== 'interpolated' && fidelity !== 'extrapolated';
}

/**
 * True for a plan that goes on without lost events and has nothing else to offer for them: no record, no estimate, no fact, and no
 * live value that could be kept instead. Whether that may be, its user has to say.
 */
export function goesOnWithout(plan: Plan): boolean {
  if (
    plan.expected.loss.events === 0 ||
    plan.estimates !== undefined ||
    plan.sums !== undefined ||
    plan.liveCandidate !== undefined
  )
    return false;
  const inTheirPlace = [...(plan.standIns ?? []), ...(plan.facts ?? [])].some(({ log }) => log !== null);
  // What cannot be read is set aside under a policy of the incident: that is said already.
  return !inTheirPlace && plan.segments.some((segment) => isLeftOut(segment) && segment.damaged !== true);
}
