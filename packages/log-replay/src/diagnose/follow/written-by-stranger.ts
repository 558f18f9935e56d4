import type { RecordedOutput } from '@eventmend/core';
import type { CalledWorker } from './call-worker.js';
import type { FollowContext } from './follow-context.js';
import { strayStates } from './led-astray.js';
import { numbersIn } from './numbers-in.js';
import { valueAt } from './json-path.js';
import { askFrom, otherStatesThatFit, type OtherStates } from './other-states.js';
import type { RecentHandling } from './recent-handlings.js';
import type { PerhapsStranger } from './strangers-tally.js';
import type { WalkedEvent } from './walk-log.js';

/**
 * Whether the records of a handling are right from other states of its keys, and a stranger may have written these: an event that
 * does not name the key, handled since the last one that does. A service that takes one account for another, or books to a second
 * one, leaves nothing else behind; of what value the state is then, nobody knows. Null where that is not so.
 */
export async function perhapsWrittenByStranger(
  context: FollowContext,
  walked: WalkedEvent,
  live: CalledWorker,
  records: readonly RecordedOutput[],
): Promise<PerhapsStranger | null> {
  const open = walked.keys.filter((key) => hasStrangers(context, walked, key));
  const { fits } = askFrom(context, walked, records);
  for (const key of open) {
    const state = context.states.liveState(key);
    for await (const stray of strayStates(context, key, state, strangersSince(context, walked, key))) {
      const changed = new Map([[key, stray]]);
      if (await fits(changed)) return { isKnown: true, off: offBy(context, changed) };
    }
  }
  for (const keys of open.length > 1 ? [...open.map((key) => [key]), open] : [open]) {
    const found = keys.length === 0 ? null : await otherStatesThatFit(context, walked, keys, null, live, records);
    if (found !== null) return { isKnown: false, off: offBy(context, found) };
  }
  return null;
}

/** Whether an event that does not name a key may have been handled since the last one that does. */
function hasStrangers(context: FollowContext, walked: WalkedEvent, key: string): boolean {
  const { request, hasHoles } = context;
  // Events that the log lacks, that are not looked at, or whose turn nobody knows: of other partitions, or without records.
  if (hasHoles || request.scope !== null) return true;
  if (request.spec.partitions.length > 1 && !request.sequenceKnown) return true;
  if (request.apart && !context.showsEveryHandling) return true;
  for (const _ of strangersSince(context, walked, key)) return true;
  return false;
}

/** The newest first. */
function* strangersSince(
  { recent, request }: FollowContext,
  walked: WalkedEvent,
  key: string,
): Iterable<RecentHandling> {
  let isSince = true;
  for (const handling of recent.since(0)) {
    if (handling.walked === walked) continue;
    if (handling.walked.keys.includes(key)) isSince = false;
    else if (isSince || (!request.sequenceKnown && handling.walked.place !== walked.place)) yield handling;
  }
}

function offBy({ states }: FollowContext, changed: OtherStates): string {
  return [...changed]
    .flatMap(([key, state]) =>
      numbersIn(state).flatMap(({ path, value }) => {
        const now = valueAt(states.liveState(key), path);
        const off = value - (typeof now === 'number' ? now : 0);
        return off === 0 ? [] : [`${path.join('.')} ${off.toPrecision(9)}`];
      }),
    )
    .join(', ');
}
