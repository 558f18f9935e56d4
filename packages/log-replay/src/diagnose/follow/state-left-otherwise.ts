import type { RecordedOutput } from '@eventmend/core';
import type { CalledWorker } from './call-worker.js';
import type { FollowContext } from './follow-context.js';
import { otherStatesThatFit } from './other-states.js';
import type { RecentHandling } from './recent-handlings.js';
import type { WalkedEvent } from './walk-log.js';
import { dependsOn } from './were-confirmed.js';

/**
 * Which earlier handling may have left another state than its outputs say, so that the records of a later one are right:
 * none; just one; or one of several, or of those that are no longer remembered.
 */
export type StateLeftOtherwise = { readonly by: WalkedEvent } | 'nobody' | 'unknown';

/**
 * Looks for a handling that sent what it should have, and whose state was not written, or written otherwise: then the one that
 * shows it is right from the state that it found. One handling is supposed to have done so, of whatever value its states are.
 */
export async function stateLeftOtherwise(
  context: FollowContext,
  walked: WalkedEvent,
  live: CalledWorker,
  records: readonly RecordedOutput[],
): Promise<StateLeftOtherwise> {
  const found = new Set<WalkedEvent>();
  for (const [keys, before] of lastHandlings(context, walked)) {
    if ((await otherStatesThatFit(context, walked, keys, before, live, records)) === null) continue;
    if (before === null || found.size > 0) return 'unknown';
    // One from before it may have left its state otherwise too, where its outputs would have been the same.
    const earlier = keys.filter((key) => before.walked.keys.includes(key));
    for (const key of earlier) if (!(await dependsOn(context, before.walked, key))) return 'unknown';
    found.add(before.walked);
  }
  const [by] = found;
  return by === undefined ? 'nobody' : { by };
}

/** The handlings that left the states of an event, each with those keys; null for those that are no longer remembered. */
function lastHandlings(
  { recent, states }: FollowContext,
  walked: WalkedEvent,
): ReadonlyMap<readonly string[], RecentHandling | null> {
  const left = new Set(walked.keys.filter((key) => states.liveState(key) !== undefined));
  const last = new Map<readonly string[], RecentHandling | null>();
  for (const handling of recent.since(0)) {
    if (left.size === 0) break;
    if (handling.walked === walked) continue;
    const own = handling.walked.keys.filter((key) => left.has(key));
    if (own.length === 0) continue;
    for (const key of own) left.delete(key);
    last.set(own, handling);
  }
  // What nobody touched since a state that is known to be right is right.
  if (left.size > 0 && recent.isFull) last.set([...left], null);
  return last;
}
