import type { RecordedOutput } from '@eventmend/core';
import type { CalledWorker } from './call-worker.js';
import type { FollowContext } from './follow-context.js';
import { strayStates } from './led-astray.js';
import { numbersIn } from './numbers-in.js';
import { valueAt, withValueAt } from './json-path.js';
import { askFrom, otherStatesThatFit, type OtherStates } from './other-states.js';
import type { RecentHandling } from './recent-handlings.js';
import type { PerhapsStranger } from './strangers-tally.js';
import type { WalkedEvent } from './walk-log.js';

/**
 * Whether the records of a handling are right from other states of its keys, and a stranger may have written these: an event that
 * does not name the key, handled since the last one that does. A service that takes one account for another, or books to a second
 * one, leaves nothing else behind; of what value the state is then, nobody knows. Null where that is not so.
 * @param states others from which the records are known to be right; null where none are known
 */
export async function perhapsWrittenByStranger(
  context: FollowContext,
  walked: WalkedEvent,
  live: CalledWorker,
  records: readonly RecordedOutput[],
  states: OtherStates | null,
): Promise<PerhapsStranger | null> {
  const open = walked.keys.filter((key) => hasStrangers(context, walked, key));
  const { fits } = askFrom(context, walked, records);
  for (const key of open) {
    const strangers = firstOf(strangersSince(context, walked, key), context.strangers.asked);
    for await (const stray of straysOf(context, key, [...strangers])) {
      const changed = new Map([[key, stray]]);
      if (await fits(changed)) return { isKnown: true, isFirst: false, off: offBy(context, changed) };
    }
  }
  if (states !== null && [...states.keys()].every((key) => open.includes(key))) {
    return { isKnown: false, isFirst: false, off: offBy(context, states) };
  }
  for (const keys of open.length > 1 ? [...open.map((key) => [key]), open] : [open]) {
    const found = keys.length === 0 ? null : await otherStatesThatFit(context, walked, keys, null, live, records);
    if (found === null) continue;
    // That a key had a state before its first event at all comes of a stranger.
    const isFirst = [...found.keys()].some((key) => context.states.liveState(key) === undefined);
    return { isKnown: false, isFirst, off: offBy(context, found) };
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

/** So many states are kept that several strangers may have led to together. */
const mostTogether = 128;

/** What each of some strangers may have made of a state, and what several of them may have, one after the other. */
async function* straysOf(
  context: FollowContext,
  key: string,
  strangers: readonly RecentHandling[],
): AsyncIterable<unknown> {
  const state = context.states.liveState(key);
  // A counter.
  for (const by of [1, -1]) yield movedNumbers(state, by);
  yield* strayStates(context, key, state, strangers);
  for (const way of [0, 1]) {
    let together = new Map([[JSON.stringify(state ?? null), state]]);
    for (const stranger of [...strangers].reverse()) {
      for (const before of [...together.values()]) {
        let number = 0;
        for await (const stray of strayStates(context, key, before, [stranger])) {
          if (number++ % 3 !== way) continue;
          const text = JSON.stringify(stray ?? null);
          if (together.has(text)) continue;
          together.set(text, stray);
          yield stray;
        }
      }
      if (together.size > mostTogether) together = new Map([...together].slice(-mostTogether));
    }
  }
}

function movedNumbers(state: unknown, by: number): unknown {
  return numbersIn(state).reduce<unknown>((moved, { path, value }) => withValueAt(moved, path, value + by), state);
}

function* firstOf<Item>(items: Iterable<Item>, most: number): Iterable<Item> {
  let count = 0;
  for (const item of items) {
    if (count++ >= most) return;
    yield item;
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
