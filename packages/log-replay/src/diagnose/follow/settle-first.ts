import type { RecordedOutput } from '@eventmend/core';
import type { Accusations } from './accusations.js';
import type { CalledWorker } from './call-worker.js';
import { commitLive, applyRevealedFields, markFaulty } from './commit-handling.js';
import { sameOutputs } from './compare-handling.js';
import type { FollowContext } from './follow-context.js';
import { followBehindWrong } from './follow-hidden-ways.js';
import { refOf } from './event-ref.js';
import { describeRef } from '../records/handling.js';
import type { FirstHandling } from './first-handling.js';
import { judgeHandling, predicted, type HandlingJudgement } from './judge-handling.js';
import { confirmMissed, explainByLostOutputs, leaveUnclear } from './missed-or-not-sent.js';
import { mayExplain, perhapsHandledTogether } from './perhaps-handled-together.js';
import { perturbedViews } from './perturbed-views.js';
import type { Confidence } from './expected-and-live-states.js';
import { tellWrongFromStates } from './tell-wrong-from-states.js';
import { tellWrongFromAnyState } from './wrong-from-any-state.js';
import { perhapsCopy, perhapsCut, perhapsLost, perhapsSilent, stateLost } from './undecided.js';
import type { WalkedEvent } from './walk-log.js';

/** Judges a handling from the states just before it, and takes the service's states on. */
export async function settleFirst(context: FollowContext, handling: FirstHandling): Promise<void> {
  const { walked, live, records } = handling;
  const { standing, accusations } = context.states.standingOf(walked.keys);
  if (records === null) {
    context.states.noteQuiet(walked.keys);
    commitLive(context, walked, live, standing, accusations);
  } else if (records.length === 0 && live.outputs.length > 0) {
    // A ledger may note a delivery that was rightly left out, since the first one is where nobody can see it.
    if (context.mayBeCopy(walked)) context.cannotTell(walked, perhapsCopy);
    else if (context.sometimesSilent || standing !== 'exact') context.cannotTell(walked, perhapsSilent);
    else context.pending.accuse('not-sent', walked, 'the ledger names it, and no output of it was recorded');
    context.states.noteQuiet(walked.keys);
    commitLive(context, walked, live, standing, accusations);
  } else if (standing === 'guessed') await choose(context, walked, live, records);
  else await compare(context, { ...handling, records }, standing, accusations);
}

async function compare(
  context: FollowContext,
  handling: FirstHandling & { readonly records: readonly RecordedOutput[] },
  standing: Confidence,
  accusations: Accusations,
): Promise<void> {
  const { states } = context;
  const { walked, live, records } = handling;
  const judged = await judge(context, walked, live, records, standing);
  const other = states.hasOther(walked.keys) ? await otherThatFits(context, walked, records) : null;
  if (other !== null && judged.judgement !== 'agrees') {
    commitLive(context, walked, other, 'exact', accusations);
    return;
  }
  const rough = judged.judgement === 'differs' ? await otherThatFitsRoughly(context, walked, records, standing) : null;
  if (rough !== null) {
    context.cannotTell(walked, stateLost);
    commitLive(context, walked, rough, 'guessed', accusations);
    applyRevealedFields(context, walked, records, 'guessed');
    return;
  }
  switch (judged.judgement) {
    case 'agrees':
      await confirmMissed(context, walked, live, records);
      settleAgreeing(context, handling, { standing, accusations, toTheLetter: judged.toTheLetter });
      if (other !== null) for (const { key, state } of other.writes) states.guess(key, state);
      return;
    case 'unknown':
      context.unexpected.add(walked);
      if (!(await tellWrongFromAnyState(context, walked, live, records))) context.cannotTell(walked, stateLost);
      commitLive(context, walked, live, 'guessed', accusations);
      applyRevealedFields(context, walked, records, 'guessed');
      return;
    case 'differs':
      await context.chance.lookFrom(walked, states.liveView, live);
      context.unexpected.add(walked);
      context.differing.add(describeRef(refOf(walked)));
      if (await explainByLostOutputs(context, walked, records, standing)) {
        leaveLostUnclear(context, handling);
        return;
      }
      if (handling.isFirst && records.length < live.outputs.length) context.cannotTell(walked, perhapsCut);
      else if (!(await tellWrongFromAnyState(context, walked, live, records))) {
        const lost = handling.lost.length > 0 ? handling.lost : await severalLost(context, handling, standing);
        if (lost.length > 0) perhapsLostOutputs(context, { ...handling, lost });
        else await tellWrongFromStates(context, { ...handling, records }, judged.difference, standing);
      }
      await followBehindWrong(context, walked);
      commitLive(context, walked, live, standing, accusations);
      markFaulty(context, walked);
      applyRevealedFields(context, walked, records, 'guessed');
      // The state may be the right one all the same, if only the output was wrong.
      for (const key of walked.keys) {
        const write = live.writes.find((one) => one.key === key);
        states.guess(key, write === undefined ? states.liveState(key) : write.state);
      }
  }
}

/** Where the histories of its keys are no longer followed, those that lead to this handling are looked for from here. */
async function severalLost(
  context: FollowContext,
  { walked, records }: FirstHandling & { readonly records: readonly RecordedOutput[] },
  standing: Confidence,
): Promise<readonly WalkedEvent[]> {
  const { open, ways, areLikelyOnly } = await perhapsHandledTogether(context, walked, records, standing);
  const mayHaveCome = open.some((one) => mayExplain(context, one, walked));
  return ways.length === 0 && !areLikelyOnly && !mayHaveCome ? [] : open.map((one) => one.walked);
}

/** Neither is it told of this event that it came to a wrong result, nor of those before it that they were missed. */
function perhapsLostOutputs(context: FollowContext, handling: FirstHandling): void {
  context.cannotTell(handling.walked, perhapsLost);
  leaveLostUnclear(context, handling);
}

/** Events without records that may have been handled before this one: nothing tells of them from here on. */
function leaveLostUnclear(context: FollowContext, { walked, lost }: FirstHandling): void {
  const keys = lost.flatMap((one) => one.keys);
  for (const open of context.open.sharing(keys, walked.rank)) {
    if (lost.includes(open.walked)) leaveUnclear(context, open, walked);
  }
}

/** How well the states before an agreeing handling were known, and how well it agrees. */
interface AgreeingStates {
  readonly standing: Confidence;
  readonly accusations: Accusations;
  readonly toTheLetter: boolean;
}

/** The records are what the service had to send from where it stood; whether it stood right is told apart from that. */
export function settleAgreeing(
  context: FollowContext,
  { walked, intended, live, records }: FirstHandling & { readonly records: readonly RecordedOutput[] },
  { standing, accusations, toTheLetter }: AgreeingStates,
): void {
  const { states, revelations } = context;
  if (!sameOutputs(intended, records, revelations.tolerancesOf)) {
    context.consequences.note(accusations);
  }
  if (records.length === 0) {
    // Nothing was sent, as it should be; that confirms no state.
    states.noteQuiet(walked.keys);
    context.sometimesSilent = true;
  } else states.confirm(walked.keys);
  commitLive(context, walked, live, standing, accusations);
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
  const judged = judgeHandling(predicted(context.states, live), records, standing, revelations);
  if (judged.judgement !== 'differs' || standing !== 'approximate') return judged;
  for (const view of perturbedViews(states, walked.keys, revelations)) {
    const other = await context.call(walked, view);
    if ('fault' in other) continue;
    const again = judgeHandling(predicted(context.states, other), records, standing, revelations);
    if (again.judgement === 'agrees') return again;
  }
  return judged;
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
  const { accusations } = states.standingOf(walked.keys);
  const fits = sameOutputs(live.outputs, records, revelations.tolerancesOf);
  const other = await otherThatFits(context, walked, records);
  const areEitherOr = states.areEitherOr(walked.keys);
  if (!fits && other !== null) {
    commitLive(context, walked, other, areEitherOr ? 'exact' : 'guessed', accusations);
    if (!areEitherOr) applyRevealedFields(context, walked, records, 'guessed');
    return;
  }
  if (!fits) context.unexpected.add(walked);
  // Outputs that reveal no state may fit by chance, and silence even more so: then a guess stays one.
  const decided = fits && other === null && revelations.of(records).length > 0 && areEitherOr;
  if (!fits && !(await tellWrongFromAnyState(context, walked, live, records))) context.cannotTell(walked, stateLost);
  commitLive(context, walked, live, decided ? 'exact' : 'guessed', accusations);
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
  const judged = judgeHandling(predicted(context.states, answer), records, standing, context.revelations);
  return judged.judgement === 'agrees' ? answer : null;
}
