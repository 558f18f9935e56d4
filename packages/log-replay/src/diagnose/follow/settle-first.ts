import type { RecordedOutput } from '@eventmend/core';
import { sameJson } from '@eventmend/core/engine';
import { overlaid, type CalledWorker } from './call-worker.js';
import { commitLive, applyRevealedFields, markFaulty } from './commit-handling.js';
import { sameOutputs } from './compare-handling.js';
import type { ObservedDifference } from '../fault.js';
import type { FollowContext } from './follow-context.js';
import { refOf } from './event-ref.js';
import { describeRef } from '../records/handling.js';
import { judgeHandling, type HandlingJudgement, type PredictedHandling } from './judge-handling.js';
import { confirmMissed, explainByLostOutputs } from './missed-or-not-sent.js';
import { perturbedViews, roundedViews } from './perturbed-views.js';
import type { Confidence } from './expected-and-live-states.js';
import { stateLeftOtherwise } from './state-left-otherwise.js';
import { wereConfirmed } from './were-confirmed.js';
import { tellWrongFromAnyState } from './wrong-from-any-state.js';
import { perhapsOlder, perhapsCut, perhapsLost, perhapsRepeated, perhapsSilent, perhapsStateLost, stateLost } from './undecided.js';
import type { WalkedEvent } from './walk-log.js';

/** One first handling of an event, before it is judged. */
export interface FirstHandling {
  readonly walked: WalkedEvent;
  /** What the right replay sends for it. */
  readonly intended: CalledWorker['outputs'];
  /** What the worker makes of it from the states that the service had. */
  readonly live: CalledWorker;
  /** Null where outputs were not recorded. */
  readonly records: readonly RecordedOutput[] | null;
  /** The first of its partition: what was recorded may begin in the middle of it. */
  readonly isFirst: boolean;
  /** Events without records that it may show to have been handled before it: their outputs were lost then. */
  readonly lost: readonly WalkedEvent[];
}

/** Judges a handling from the states just before it, and takes the service's states on. */
export async function settleFirst(context: FollowContext, handling: FirstHandling): Promise<void> {
  const { walked, live, records } = handling;
  const { standing, tainted } = context.states.standingOf(walked.keys);
  if (records === null) {
    context.states.noteQuiet(walked.keys);
    commitLive(context, walked, live, standing, tainted);
  } else if (records.length === 0 && live.outputs.length > 0) {
    if (context.sometimesSilent || standing !== 'exact') context.cannotTell(walked, perhapsSilent);
    else context.fault('not-sent', walked, 'the ledger names it, and no output of it was recorded');
    context.states.noteQuiet(walked.keys);
    commitLive(context, walked, live, standing, true);
  } else if (standing === 'guessed') await choose(context, walked, live, records);
  else await compare(context, { ...handling, records }, standing, tainted);
}

async function compare(
  context: FollowContext,
  handling: FirstHandling & { readonly records: readonly RecordedOutput[] },
  standing: Confidence,
  tainted: boolean,
): Promise<void> {
  const { states } = context;
  const { walked, live, records } = handling;
  const judged = await judge(context, walked, live, records, standing);
  const other = states.hasOther(walked.keys) ? await otherThatFits(context, walked, records) : null;
  if (other !== null && judged.judgement !== 'agrees') {
    commitLive(context, walked, other, 'exact', tainted);
    return;
  }
  const rough = judged.judgement === 'differs' ? await otherThatFitsRoughly(context, walked, records, standing) : null;
  if (rough !== null) {
    context.cannotTell(walked, stateLost);
    commitLive(context, walked, rough, 'guessed', tainted);
    applyRevealedFields(context, walked, records, 'guessed');
    return;
  }
  switch (judged.judgement) {
    case 'agrees':
      await confirmMissed(context, walked, records);
      settleAgreeing(context, handling, { standing, tainted, toTheLetter: judged.toTheLetter });
      if (other !== null) for (const { key, state } of other.writes) states.guess(key, state);
      return;
    case 'unknown':
      context.unexpected.add(walked);
      if (!(await tellWrongFromAnyState(context, walked, live, records))) context.cannotTell(walked, stateLost);
      commitLive(context, walked, live, 'guessed', tainted);
      applyRevealedFields(context, walked, records, 'guessed');
      return;
    case 'differs':
      context.unexpected.add(walked);
      context.differing.add(describeRef(refOf(walked)));
      if (await explainByLostOutputs(context, walked, records, standing)) return;
      if (handling.isFirst && records.length < live.outputs.length) context.cannotTell(walked, perhapsCut);
      else if (!(await tellWrongFromAnyState(context, walked, live, records))) {
        if (handling.lost.length > 0) perhapsLostOutputs(context, handling);
        else await tellWrongFromStates(context, { ...handling, records }, judged.difference, standing);
      }
      commitLive(context, walked, live, standing, true);
      markFaulty(context, walked);
      applyRevealedFields(context, walked, records, 'guessed');
      // The state may be the right one all the same, if only the output was wrong.
      for (const key of walked.keys) {
        const write = live.writes.find((one) => one.key === key);
        states.guess(key, write === undefined ? states.liveState(key) : write.state);
      }
  }
}

/** Neither is it told of this event that it came to a wrong result, nor of those before it that they were missed. */
function perhapsLostOutputs(context: FollowContext, { walked, lost }: FirstHandling): void {
  context.cannotTell(walked, perhapsLost);
  for (const open of context.open.sharing(walked.keys, walked.rank)) {
    if (!lost.includes(open.walked)) continue;
    open.finding = 'unclear';
    context.open.decide(open);
  }
}

/** The records are not those of the states that the service had before it, as far as nothing else explains them. */
async function tellWrongFromStates(
  context: FollowContext,
  { walked, live, records }: FirstHandling & { readonly records: readonly RecordedOutput[] },
  difference: ObservedDifference,
  standing: Confidence,
): Promise<void> {
  if (await mayBeRepeated(context, walked, live, records)) context.cannotTell(walked, perhapsRepeated);
  else if (await mayBeOlder(context, walked, live, records)) context.cannotTell(walked, perhapsOlder);
  else await tellWrongOrState(context, { walked, live, records }, difference, standing);
}

/**
 * A result is wrong; or the event before it left another state than it sent, from which the result is right. Where one event alone
 * may have done so, it is told at one of the two.
 */
async function tellWrongOrState(
  context: FollowContext,
  { walked, live, records }: Pick<FirstHandling, 'walked' | 'live'> & { readonly records: readonly RecordedOutput[] },
  difference: ObservedDifference,
  standing: Confidence,
): Promise<void> {
  const evidence = evidenceOf(difference, standing);
  const otherwise = await stateLeftOtherwise(context, walked, live, records);
  if (otherwise === 'nobody') context.fault('wrong', walked, evidence, { difference });
  else if (otherwise === 'unknown') context.cannotTell(walked, perhapsStateLost);
  else {
    const other = refOf(otherwise.by);
    const or = `; or ${describeRef(other)} sent what it should have, and its state was not written so`;
    context.fault('wrong', walked, `at one of these: ${evidence}${or}`, { difference, other });
  }
}

/** How well the states before an agreeing handling were known, and how well it agrees. */
interface AgreeingStates {
  readonly standing: Confidence;
  readonly tainted: boolean;
  readonly toTheLetter: boolean;
}

/** The records are what the service had to send from where it stood; whether it stood right is told apart from that. */
export function settleAgreeing(
  context: FollowContext,
  { walked, intended, live, records }: FirstHandling & { readonly records: readonly RecordedOutput[] },
  { standing, tainted, toTheLetter }: AgreeingStates,
): void {
  const { states, tally, request, revelations } = context;
  if (!sameOutputs(intended, records, revelations.tolerancesOf)) {
    if (tainted || request.orderJudged === 'canonical') tally.consequences++;
    else tally.orderNotDetermined++;
  }
  if (records.length === 0) {
    // Nothing was sent, as it should be; that confirms no state.
    states.noteQuiet(walked.keys);
    context.sometimesSilent = true;
  } else states.confirm(walked.keys);
  commitLive(context, walked, live, standing, tainted);
  // Rounded values that are just those of the predicted state have nothing to correct in it.
  if (standing === 'exact' || (toTheLetter && revelations.roundedFields.length > 0)) return;
  applyRevealedFields(context, walked, records, standing);
}

/** Whether the records fit; before anything is called wrong, also from states that are off by what rounding hides. */
export async function judge(
  context: FollowContext,
  walked: WalkedEvent,
  live: CalledWorker,
  records: readonly RecordedOutput[],
  standing: Confidence,
): Promise<HandlingJudgement> {
  const { states, revelations } = context;
  const judged = judgeHandling(predicted(context, live), records, standing, revelations);
  if (judged.judgement !== 'differs' || standing !== 'approximate') return judged;
  for (const view of perturbedViews(states, walked.keys, revelations)) {
    const other = await context.call(walked, view);
    if ('fault' in other) continue;
    const again = judgeHandling(predicted(context, other), records, standing, revelations);
    if (again.judgement === 'agrees') return again;
  }
  return judged;
}

export function predicted({ states }: FollowContext, live: CalledWorker): PredictedHandling {
  const { writes, outputs } = live;
  return {
    outputs,
    stateAfter: (key) => {
      for (const write of writes) if (write.key === key) return write.state;
      return states.liveState(key);
    },
  };
}

/**
 * The states before this handling are guessed: two are possible, as the records of what was handled wrongly reveal them, and
 * as they should have been. Whichever alone fits is the right one.
 */
async function choose(
  context: FollowContext,
  walked: WalkedEvent,
  live: CalledWorker,
  records: readonly RecordedOutput[],
): Promise<void> {
  const { states, revelations } = context;
  // A guess need not come of a fault: nobody may have written down in which order the service came to the keys' events.
  const { tainted } = states.standingOf(walked.keys);
  const fits = sameOutputs(live.outputs, records, revelations.tolerancesOf);
  const other = await otherThatFits(context, walked, records);
  const areEitherOr = states.areEitherOr(walked.keys);
  if (!fits && other !== null) {
    commitLive(context, walked, other, areEitherOr ? 'exact' : 'guessed', tainted);
    if (!areEitherOr) applyRevealedFields(context, walked, records, 'guessed');
    return;
  }
  if (!fits) context.unexpected.add(walked);
  // Outputs that reveal no state may fit by chance, and silence even more so: then a guess stays one.
  const decided = fits && other === null && revelations.of(records).length > 0 && areEitherOr;
  if (!fits && !(await tellWrongFromAnyState(context, walked, live, records))) context.cannotTell(walked, stateLost);
  commitLive(context, walked, live, decided ? 'exact' : 'guessed', tainted);
  if (!decided) applyRevealedFields(context, walked, records, 'guessed');
  if (fits && other !== null) for (const { key, state } of other.writes) states.guess(key, state);
}

async function otherThatFits(
  context: FollowContext,
  walked: WalkedEvent,
  records: readonly RecordedOutput[],
): Promise<CalledWorker | null> {
  const answer = await context.call(walked, context.states.otherView);
  return 'fault' in answer || !sameOutputs(answer.outputs, records, context.revelations.tolerancesOf) ? null : answer;
}

/** The other state may be rounded as well: then the records may fit what it leads to within that only. */
async function otherThatFitsRoughly(
  context: FollowContext,
  walked: WalkedEvent,
  records: readonly RecordedOutput[],
  standing: Confidence,
): Promise<CalledWorker | null> {
  if (standing !== 'approximate' || !context.states.hasOther(walked.keys)) return null;
  const answer = await context.call(walked, context.states.otherView);
  if ('fault' in answer) return null;
  const judged = judgeHandling(predicted(context, answer), records, standing, context.revelations);
  return judged.judgement === 'agrees' ? answer : null;
}

/**
 * The disagreement may come of an earlier event of these keys, which nothing shows to have been handled rightly: one since the
 * last agreement, or, where outputs are rounded, an older one that the rounding hid.
 */
async function mayBeOlder(
  context: FollowContext,
  walked: WalkedEvent,
  live: CalledWorker,
  records: readonly RecordedOutput[],
): Promise<boolean> {
  const { states, open, revelations, sometimesSilent } = context;
  if (states.hadQuiet(walked.keys) || !(await wereConfirmed(context, walked))) return true;
  if (sometimesSilent) {
    if (states.standingOf(walked.keys).standing !== 'exact') return true;
    if (open.sharing(walked.keys, walked.rank).some(({ finding }) => finding === 'unclear')) return true;
  }
  if (!states.everQuiet(walked.keys) && revelations.roundedFields.length === 0) return false;
  if (judgeHandling(predicted(context, live), records, 'approximate', revelations).judgement === 'agrees') return true;
  for (const view of roundedViews(states, walked.keys, revelations)) {
    const other = await context.call(walked, view);
    if (!('fault' in other) && sameOutputs(other.outputs, records, revelations.tolerancesOf)) return true;
  }
  return false;
}

/** So many earlier handlings are asked whether they may have come twice. */
const askedHandlings = 32;

/**
 * The disagreement may come of a second handling, of this event or of one of its keys before it, that left no outputs of its
 * own: then nobody can say whether that or a wrong result is the reason.
 */
async function mayBeRepeated(
  context: FollowContext,
  walked: WalkedEvent,
  live: CalledWorker,
  records: readonly RecordedOutput[],
): Promise<boolean> {
  const { states, recent, revelations } = context;
  const fits = (outputs: CalledWorker['outputs']): boolean => sameOutputs(outputs, records, revelations.tolerancesOf);
  const again = await context.call(walked, overlaid(states.liveView, live.writes));
  if (!('fault' in again)) {
    const others = again.outputs.filter((output) => !live.outputs.some((first) => sameJson(first, output)));
    // Rows that repeat those of the first handling may have been left out as ones that came again.
    if (fits([...live.outputs, ...again.outputs]) || fits([...live.outputs, ...others])) return true;
  }
  const { outputsFrom } = context.request;
  if (!context.sometimesSilent && live.outputs.length > 0 && outputsFrom === null) return false;
  let asked = 0;
  for (const { walked: earlier } of recent.since(0)) {
    if (earlier === walked || !earlier.keys.some((key) => walked.keys.includes(key))) continue;
    if (++asked > askedHandlings) return false;
    const second = await context.call(earlier, states.liveView);
    const isKept = outputsFrom === null || earlier.now >= outputsFrom;
    if ('fault' in second || (isKept && second.outputs.length > 0)) continue;
    const after = await context.call(walked, overlaid(states.liveView, second.writes));
    if (!('fault' in after) && fits(after.outputs)) return true;
  }
  return false;
}

function evidenceOf({ path, output, expected, recorded }: ObservedDifference, standing: Confidence): string {
  const from =
    standing === 'exact' ? 'from the states just before it' : 'from what outputs had revealed just before it';
  return `${from} ${output ?? 'the state'} should have ${path} ${expected}, and ${recorded} was recorded`;
}
