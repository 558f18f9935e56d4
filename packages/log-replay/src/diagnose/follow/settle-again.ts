import type { RecordedOutput } from '@eventmend/core';
import { sameRecorded } from '@eventmend/core/engine';
import type { CalledWorker } from './call-worker.js';
import { commitLive, applyRevealedFields, markUnknown, markFaulty } from './commit-handling.js';
import { sameOutputs } from './compare-handling.js';
import { describeRef } from '../records/handling.js';
import { refOf } from './event-ref.js';
import type { FollowContext } from './follow-context.js';
import { saidOtherwise } from './said-otherwise.js';
import type { OpenQuestion } from './possible-histories.js';
import { confirmMissed } from './missed-or-not-sent.js';
import { judge } from './settle-first.js';
import { handledLater, perhapsSentAgain } from './undecided.js';
import type { WalkedEvent } from './walk-log.js';

type Records = readonly RecordedOutput[] | null;

/** What shows that an event was handled before. */
export interface EarlierHandling {
  /** Records of the first handling; null where they are not known. */
  readonly before: Records;
  readonly why: string;
  /** The ledger noted both, each at a time of its own. */
  readonly notedApart: boolean;
}

/**
 * Settles records of an event that was handled before. That it was handled twice is said only where a row that was merely
 * sent again cannot be the reason: the records are others than the first ones, or the ledger noted both. Where they
 * repeat the first ones, and a second handling would have given others, only the outputs were sent again.
 * @returns whether that was said
 */
export async function settleAgain(
  context: FollowContext,
  walked: WalkedEvent,
  { before, why, notedApart }: EarlierHandling,
  records: Records,
): Promise<boolean> {
  // What only repeats the first records cannot have been taken for them.
  const isRepeated = before !== null && records !== null && isPartOf(records, before);
  if (notedApart || !isRepeated) context.handledAgain.add(describeRef(refOf(walked)));
  const live = await context.call(walked, context.states.liveView);
  if ('fault' in live) {
    if (notedApart) context.pending.accuse('twice', walked, why, { fromAnyState: true });
    else context.cannotTell(walked, perhapsSentAgain);
    context.histories?.giveUp(walked.keys);
    markUnknown(context, walked);
    markFaulty(context, walked);
    return notedApart;
  }
  const { standing } = context.states.standingOf(walked.keys);
  const agrees = records !== null && (await judge(context, walked, live, records, standing)).judgement === 'agrees';
  const isKnown = standing !== 'guessed' && !context.hasHoles;
  const again: SecondHandling = { walked, why, live, records, agrees, isProven: notedApart };
  const contradicting = records === null || before === null ? [] : saidOtherwise(records, before, live);
  if (notedApart) return await handledTwice(context, again);
  if (records === null || records.length === 0) await perhapsHandledAgain(context, walked, live, records);
  else if (before !== null && isRepeated) {
    const isAll = records.length === before.length && context.revelations.roundedFields.length === 0;
    if (!agrees && standing === 'exact' && isAll) {
      context.pending.accuse(
        'sent-twice',
        walked,
        'the same outputs were recorded again, and a second handling would have given others',
      );
    } else await perhapsHandledAgain(context, walked, live, records);
  } else if (contradicting.length > 0) {
    const { saidOnce, saidOnceInTheEnd, askedFromStates } = context;
    const isProven = await saidOnce.provesAnotherHandling(askedFromStates, walked, live, contradicting);
    const holdsStill = () => saidOnceInTheEnd.provesAnotherHandling(askedFromStates, walked, live, contradicting);
    return await handledTwice(context, { ...again, isProven, holdsStill });
  }
  // Behind a hole, or a guess, nobody knows what the first handling had to leave, and these may be late rows of it.
  else if (agrees && isWhole(records, live) && isKnown && (await dependsOnState(context, walked, live))) {
    return await handledTwice(context, again);
  } else await perhapsHandledAgain(context, walked, live, records);
  return false;
}

interface SecondHandling {
  readonly walked: WalkedEvent;
  readonly why: string;
  readonly live: CalledWorker;
  readonly records: Records;
  /** The records are those of a handling from the states that the service had. */
  readonly agrees: boolean;
  /** Whatever the states were: the ledger noted both, or one handling cannot have left the records of both. */
  readonly isProven: boolean;
  /** Where a handler was asked from states: asks it once more. */
  readonly holdsStill?: () => Promise<boolean>;
}

async function handledTwice(
  context: FollowContext,
  { walked, why, live, records, agrees, isProven, holdsStill }: SecondHandling,
): Promise<true> {
  const { standing, accusations } = context.states.standingOf(walked.keys);
  if (agrees && records !== null && records.length > 0) {
    await context.histories?.again(walked, records, true);
    await confirmMissed(context, walked, live, records);
  } else context.histories?.giveUp(walked.keys);
  const more =
    agrees && records !== null && records.length > 0 ? ', and its outputs are those of one handling more' : '';
  context.pending.accuse('twice', walked, `${why}${more}`, {
    fromAnyState: isProven,
    ...(holdsStill !== undefined && { holdsStill }),
  });
  if (hasPerhapsLeftTheOthers(context, walked, live, records)) {
    handledPerhaps(context, walked, live);
    markFaulty(context, walked);
    return true;
  }
  commitLive(context, walked, live, standing, accusations);
  markFaulty(context, walked);
  if (records === null || records.length === 0 || (standing === 'exact' && agrees)) return true;
  applyRevealedFields(context, walked, records, agrees ? standing : 'guessed');
  return true;
}

/** True where the records that were taken for those of the first handling may be those of this one, which left none else. */
function hasPerhapsLeftTheOthers(
  { differing }: FollowContext,
  walked: WalkedEvent,
  { outputs }: CalledWorker,
  records: Records,
): boolean {
  if (records !== null && records.length > 0) return false;
  return differing.has(describeRef(refOf(walked))) || (records !== null && outputs.length > 0);
}

/**
 * Settles records of an event that was only taken for handled: nobody knows whether this is its first handling or one
 * more. Either way it was handled from the states that the service had here.
 */
export async function settleGranted(context: FollowContext, walked: WalkedEvent, records: Records): Promise<void> {
  context.cannotTell(walked, handledLater);
  context.histories?.giveUp(walked.keys);
  const live = await context.call(walked, context.states.liveView);
  if ('fault' in live) {
    markUnknown(context, walked);
    applyRevealedFields(context, walked, records ?? [], 'guessed');
    return;
  }
  const { standing, accusations } = context.states.standingOf(walked.keys);
  const judged = records === null ? null : await judge(context, walked, live, records, standing);
  if (judged?.judgement === 'agrees' && standing !== 'guessed' && (await dependsOnState(context, walked, live))) {
    commitLive(context, walked, live, standing, accusations);
    if (standing !== 'exact') applyRevealedFields(context, walked, records ?? [], standing);
    return;
  }
  handledPerhaps(context, walked, live);
  applyRevealedFields(context, walked, records ?? [], 'guessed');
}

/** Both states go on, the one of a second handling and the one without. */
async function perhapsHandledAgain(
  context: FollowContext,
  walked: WalkedEvent,
  live: CalledWorker,
  records: Records,
): Promise<void> {
  const { histories, askedAgain } = context;
  let asked: OpenQuestion | null = null;
  if (records === null || records.length === 0) histories?.giveUp(walked.keys);
  else asked = (await histories?.again(walked, records, false)) ?? null;
  if (asked === null || !context.isDecidedByStates) context.cannotTell(walked, perhapsSentAgain);
  else askedAgain.push(asked);
  handledPerhaps(context, walked, live);
}

function handledPerhaps(context: FollowContext, walked: WalkedEvent, live: CalledWorker): void {
  const { states } = context;
  const before = walked.keys.map((key) => states.liveState(key));
  const { standing, accusations } = states.standingOf(walked.keys);
  commitLive(context, walked, live, 'guessed', accusations);
  for (const [index, key] of walked.keys.entries()) {
    states.part(key).standing = 'guessed';
    // Of one doubt on top of another come more states than two.
    if (standing !== 'guessed') states.guess(key, before[index]);
  }
}

/** True where other states would have given other outputs, so that it is no accident that these fit. */
async function dependsOnState(context: FollowContext, walked: WalkedEvent, live: CalledWorker): Promise<boolean> {
  const fromNothing = await context.call(walked, { read: () => undefined });
  if ('fault' in fromNothing) return true;
  const records = live.outputs.map((output, seq) => ({ ...output, seq, event: null, eventId: null, time: null }));
  return !sameOutputs(fromNothing.outputs, records, () => undefined);
}

/** True where the records are of the outputs and keys that a handling leaves: no more, and no fewer. */
function isWhole(records: readonly RecordedOutput[], { outputs }: CalledWorker): boolean {
  if (records.length !== outputs.length) return false;
  const left = [...outputs];
  return records.every(({ output, key }) => {
    const at = left.findIndex((other) => other.output === output && (key === null || other.key === key));
    if (at >= 0) left.splice(at, 1);
    return at >= 0;
  });
}

/** True where each record repeats one of those before. */
export function isPartOf(records: readonly RecordedOutput[], before: readonly RecordedOutput[]): boolean {
  const left = [...before];
  return records.every(({ output, key, value }) => {
    const at = left.findIndex(
      (other) => other.output === output && other.key === key && sameRecorded(other.value, value),
    );
    if (at >= 0) left.splice(at, 1);
    return at >= 0;
  });
}
