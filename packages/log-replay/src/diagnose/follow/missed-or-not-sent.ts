import type { RecordedOutput } from '@eventmend/core';
import { overlaid, type CalledWorker } from './call-worker.js';
import { commitLive, applyRevealedFields, markFaulty, markUnknown } from './commit-handling.js';
import { refOf } from './event-ref.js';
import type { FollowContext } from './follow-context.js';
import { describeRef } from '../records/handling.js';
import { judgeHandling, type PredictedHandling } from './judge-handling.js';
import type { OpenEvent } from './open-event.js';
import type { Confidence } from './expected-and-live-states.js';
import { followBehindAgreeing } from './follow-hidden-ways.js';
import { mayExplain, mayHaveDoneAnything, perhapsHandledTogether } from './perhaps-handled-together.js';
import { perhapsCopy, perhapsSilent, stateLost } from './undecided.js';
import { dependsOn, wereConfirmed } from './were-confirmed.js';
import type { WalkedEvent } from './walk-log.js';

/** Handlings after which a doubt about an open event is no longer looked into. */
const mostTries = 20;

/**
 * An earlier event without records may have been handled all the same: then the records of this one are right with it, and
 * wrong without. True where that is so; both are settled then.
 */
export async function explainByLostOutputs(
  context: FollowContext,
  walked: WalkedEvent,
  records: readonly RecordedOutput[],
  standing: Confidence,
): Promise<boolean> {
  for (const open of context.open.sharing(walked.keys, walked.rank)) {
    const both = await withOpen(context, open, walked, records, standing);
    if (both === null) continue;
    if (open.isNoted) {
      // A handling of it would stand in the ledger: that the records fit is an accident, which tells nothing of this one.
      context.open.decide(open);
      context.cannotTell(walked, stateLost);
      const { accusations } = context.states.standingOf(walked.keys);
      commitLive(context, walked, both.second, 'guessed', accusations);
      markFaulty(context, open.walked);
      applyRevealedFields(context, walked, records, 'guessed');
      return true;
    }
    const together = await perhapsHandledTogether(context, walked, records, standing);
    context.open.remove(open);
    const isCopy = context.mayBeCopy(open.walked);
    const isOnlyOne =
      !together.areLikelyOnly &&
      !mayExplain(context, open, walked) &&
      together.ways.every(({ handled }) => handled.length === 1 && handled[0] === open) &&
      context.states.standingOf(open.walked.keys).standing !== 'guessed';
    if (isCopy || context.sometimesSilent || !isOnlyOne || !(await isTelling(context, open, walked))) {
      context.cannotTell(open.walked, isCopy ? perhapsCopy : perhapsSilent);
      context.unplaced.add(open.walked);
    } else {
      context.placedByGuess.add(open.walked);
      const shownBy = describeRef(refOf(walked));
      context.pending.accuse(
        'not-sent',
        open.walked,
        `no output of it was recorded, but ${shownBy} shows that it was handled`,
      );
    }
    if (isOnlyOne) {
      context.histories?.followAgain([...open.walked.keys, ...walked.keys]);
      context.open.ways.follow(walked.keys, []);
    }
    const known = isOnlyOne ? standing : 'guessed';
    const { accusations } = context.states.standingOf(walked.keys);
    commitLive(context, open.walked, both.first, known, accusations);
    commitLive(context, walked, both.second, known, accusations);
    if (known !== 'exact') applyRevealedFields(context, walked, records, known);
    if (!isOnlyOne) for (const one of together.open) if (one !== open) leaveUnclear(context, one, walked);
    return true;
  }
  return false;
}

/** An event without records that may have been handled: nothing tells of it from here on, nor what it made of its other keys. */
export function leaveUnclear(context: FollowContext, open: OpenEvent, { keys }: WalkedEvent): void {
  open.finding = 'unclear';
  context.open.decide(open);
  const others = open.walked.keys.filter((key) => !keys.includes(key));
  markUnknown(context, { keys: others });
  context.histories?.giveUp(others);
}

/** How far a number is moved, up and down: what tells one from the other can not be rounded to much more than a unit. */
const telling = [2, -2] as const;

/** True where the outputs of a handling say so much of a state of an open event that they do not fit it by accident. */
async function isTelling(context: FollowContext, open: OpenEvent, walked: WalkedEvent): Promise<boolean> {
  if (!(await wereConfirmed(context, walked))) return false;
  for (const key of walked.keys) {
    if (open.walked.keys.includes(key) && (await dependsOn(context, walked, key, telling))) return true;
  }
  return false;
}

/** A handling that is right without an open event, and would be wrong with it, shows that the event was missed. */
export async function confirmMissed(
  context: FollowContext,
  walked: WalkedEvent,
  live: CalledWorker,
  records: readonly RecordedOutput[],
): Promise<void> {
  const { states, histories } = context;
  if (!context.open.anySharing(walked.keys)) return;
  const { standing } = states.standingOf(walked.keys);
  if (standing === 'guessed' || (context.sometimesSilent && standing !== 'exact')) return;
  // It may have been handled with a wrong result that left no outputs and that the rounding hides.
  if (context.sometimesSilent && context.revelations.roundedFields.length > 0) return;
  if (!(await wereConfirmed(context, walked))) return;
  await followBehindAgreeing(context, walked, live, records, standing);
  for (const one of context.open.sharing(walked.keys)) {
    const isLate =
      mayHaveDoneAnything(context, one, walked) ||
      (one.isNoted && (await withOpen(context, one, walked, records, standing)) !== null);
    if (!isLate && Number.isFinite(one.untried)) one.untried = 0;
    // From two states nothing is concluded, nor where it was not its turn yet, but that it was not handled just before this one.
    if (states.hasOther(walked.keys) || one.walked.rank > walked.rank) continue;
    one.tries++;
    // It may have been handled long before, where the outputs since then do not tell.
    const mayBeHandled =
      histories?.isLost(one.walked) === true
        ? context.open.ways.mayHaveHandled(one)
        : histories?.mayBeHandled(one.walked) === true;
    if (!isLate && !mayBeHandled) one.finding = 'missed';
    if (one.finding === 'missed') histories?.answered(one.walked);
    if (one.finding === 'missed' || one.tries >= mostTries) context.open.decide(one);
  }
}

/** Both events one after the other, where the records fit that; null where they do not. */
async function withOpen(
  context: FollowContext,
  open: OpenEvent,
  walked: WalkedEvent,
  records: readonly RecordedOutput[],
  standing: Confidence,
): Promise<{ readonly first: CalledWorker; readonly second: CalledWorker } | null> {
  const { states, revelations } = context;
  const first = await context.call(open.walked, states.liveView);
  if ('fault' in first) return null;
  const second = await context.call(walked, overlaid(states.liveView, first.writes));
  if ('fault' in second) return null;
  const after = new Map([...first.writes, ...second.writes].map(({ key, state }) => [key, state]));
  const predicted: PredictedHandling = {
    outputs: second.outputs,
    stateAfter: (key) => (after.has(key) ? after.get(key) : states.liveState(key)),
  };
  return judgeHandling(predicted, records, standing, revelations).judgement === 'agrees' ? { first, second } : null;
}
