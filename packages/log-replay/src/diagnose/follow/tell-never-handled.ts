import type { FollowContext } from './follow-context.js';
import type { OpenEvent } from './open-event.js';
import type { RecordWitness } from './record-witness.js';
import { perhapsCopy, perhapsSentAgain } from './undecided.js';
import type { WalkedEvent } from './walk-log.js';

/**
 * Tells at the end what is still open: events that the service never handled, as far as the records show that.
 * @returns those of which nobody can tell whether they were missed or their outputs were lost
 */
export async function tellNeverHandled(context: FollowContext, witness: RecordWitness): Promise<readonly OpenEvent[]> {
  const unclear: OpenEvent[] = [];
  for (const open of [...context.open.all()].sort((a, b) => a.walked.rank - b.walked.rank)) {
    const { walked, finding, isAtEdge } = open;
    const isRead = witness.hasReadBehind(walked);
    const isNoted = witness.isNoted(walked);
    if ((isNoted || finding === 'missed') && context.mayBeCopy(walked)) context.cannotTell(walked, perhapsCopy);
    else if (isAtEdge || !witness.isInStep(walked.place)) unclear.push(open);
    else if (isRead && isNoted)
      context.pending.accuse('missed', walked, 'the ledger does not name it', { fromAnyState: true });
    else if (isRead && finding === 'missed' && !(await isPerhapsHandledSilently(context, open))) {
      const evidence = 'no output of it was recorded, and later outputs of its keys are right without it';
      context.pending.accuse('missed', walked, evidence);
    } else if (isRead || finding === 'missed') unclear.push(open);
  }
  return unclear;
}

/** True where the event may have been handled all the same: from other states, or after the last outputs of its keys. */
async function isPerhapsHandledSilently(context: FollowContext, { walked, doubtful }: OpenEvent): Promise<boolean> {
  if (!context.sometimesSilent) return false;
  if (doubtful || context.states.standingOf(walked.keys).standing !== 'exact') return true;
  const late = await context.call(walked, context.states.liveView);
  return 'fault' in late || late.outputs.length === 0;
}

/** Tells of events with more groups of outputs than the ledger has handlings: they were sent twice, or the rows were. */
export function tellLeftOverOutputs(context: FollowContext, events: Iterable<WalkedEvent>): void {
  const { request } = context;
  for (const walked of events) {
    const { next = 0 } = request.spec.partitions[walked.place] ?? {};
    const ledgerIsWhole = !request.beginsLate && (request.notedFrom[walked.place] ?? Infinity) <= next;
    if (request.sequenceKnown && ledgerIsWhole)
      context.pending.accuse('sent-twice', walked, 'its outputs were recorded more often than the ledger names it');
    else context.cannotTell(walked, perhapsSentAgain);
  }
}
