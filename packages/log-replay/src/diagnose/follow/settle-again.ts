import { sameJson } from '@eventmend/core/engine';
import type { RecordedOutput } from '@eventmend/core';
import { commitLive, applyRevealedFields, markUnknown, markFaulty } from './commit-handling.js';
import type { FollowContext } from './follow-context.js';
import { judge } from './settle-first.js';
import type { WalkedEvent } from './walk-log.js';

/**
 * Settles a handling of an event that was handled before. Where the records repeat those of the first handling to the letter,
 * and a second one would have given others, only the outputs were sent again.
 * @param before records of the first handling; null where they are not known
 */
export async function settleAgain(
  context: FollowContext,
  walked: WalkedEvent,
  before: readonly RecordedOutput[] | null,
  records: readonly RecordedOutput[] | null,
  why: string,
): Promise<void> {
  const live = await context.call(walked, context.states.liveView);
  if ('fault' in live) {
    context.fault('twice', walked, why);
    markUnknown(context, walked);
    return;
  }
  const { standing } = context.states.standingOf(walked.keys);
  const judged = records === null ? null : await judge(context, walked, live, records, standing);
  const agrees = judged === null || judged.judgement === 'agrees';
  if (!agrees && records !== null && before !== null && sameRecords(before, records)) {
    context.fault(
      'sent-twice',
      walked,
      'the same outputs were recorded again, and a second handling would have given others',
    );
    return;
  }
  context.fault('twice', walked, agrees ? `${why}, and its outputs are those of one handling more` : why);
  commitLive(context, walked, live, standing, true);
  markFaulty(context, walked);
  if (records !== null && (standing !== 'exact' || !agrees))
    applyRevealedFields(context, walked, records, agrees ? standing : 'guessed');
}

function sameRecords(a: readonly RecordedOutput[], b: readonly RecordedOutput[]): boolean {
  if (a.length !== b.length) return false;
  return a.every(({ output, key, value }, index) => {
    const other = b[index];
    return other?.output === output && other.key === key && sameJson(other.value, value);
  });
}
