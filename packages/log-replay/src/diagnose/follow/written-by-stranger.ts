import type { RecordedOutput } from '@eventmend/core';
import type { CalledWorker } from './call-worker.js';
import type { FollowContext } from './follow-context.js';
import { isRightFromOthers } from './other-states.js';
import type { WalkedEvent } from './walk-log.js';

/**
 * True where the records of a handling are right from other states of its keys, and a stranger may have written these: an
 * event that does not name the key, handled since the last one that does. A service that takes one account for another, or books
 * to a second one, leaves nothing else behind; of what value the state is then, nobody knows.
 */
export async function mayBeWrittenByStranger(
  context: FollowContext,
  walked: WalkedEvent,
  live: CalledWorker,
  records: readonly RecordedOutput[],
): Promise<boolean> {
  const open = walked.keys.filter((key) => hasStrangers(context, walked, key));
  for (const key of open) if (await isRightFromOthers(context, walked, [key], null, live, records)) return true;
  return open.length > 1 && (await isRightFromOthers(context, walked, open, null, live, records));
}

/** Whether an event that does not name a key may have been handled since the last one that does. */
function hasStrangers(context: FollowContext, walked: WalkedEvent, key: string): boolean {
  const { recent, request, hasHoles } = context;
  // Events that the log lacks, that are not looked at, or whose turn nobody knows: of other partitions, or without records.
  if (hasHoles || request.scope !== null) return true;
  if (!request.sequenceKnown && request.spec.partitions.length > 1) return true;
  if (request.apart && !context.showsEveryHandling) return true;
  for (const { walked: other } of recent.since(0)) {
    if (other !== walked) return !other.keys.includes(key);
  }
  return false;
}
