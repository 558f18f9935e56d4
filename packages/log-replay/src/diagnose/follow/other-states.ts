import type { RecordedOutput } from '@eventmend/core';
import type { StateView } from '@eventmend/core/engine';
import type { CalledWorker } from './call-worker.js';
import { sameOutputs } from './compare-handling.js';
import type { FollowContext } from './follow-context.js';
import { judgeHandling, predicted } from './judge-handling.js';
import { withValueAt } from './json-path.js';
import { movedBy, numbersIn } from './numbers-in.js';
import type { RecentHandling } from './recent-handlings.js';
import { solve, solveBehind, type CallFrom } from './solve-states.js';
import type { WalkedEvent } from './walk-log.js';

/** Another state of some keys. */
export type OtherStates = ReadonlyMap<string, unknown>;

/**
 * Other states of the keys from which the records are right; null where none is found.
 * @param before the handling that left them as they are thought to be; null where none is remembered, or none did
 */
export async function otherStatesThatFit(
  context: FollowContext,
  walked: WalkedEvent,
  keys: readonly string[],
  before: RecentHandling | null,
  live: CalledWorker,
  records: readonly RecordedOutput[],
): Promise<OtherStates | null> {
  const { revelations, states } = context;
  const { callFrom, fits } = askFrom(context, walked, records);
  // Of a key without a state, what the handler makes of it shows what a state looks like.
  const stateOf = (key: string): unknown =>
    states.liveState(key) ?? live.writes.find((write) => write.key === key)?.state;
  for (const changed of plainChanges(stateOf, keys, before)) if (await fits(changed)) return changed;
  const from = new Map(keys.map((key) => [key, stateOf(key)]));
  for await (const changed of solve(callFrom, from, live, records)) if (await fits(changed)) return changed;
  const rounding = Math.max(0, ...revelations.roundedFields.map(({ within }) => within));
  for (const key of keys) {
    for await (const state of solveBehind(callFrom, key, stateOf(key), records, rounding)) {
      const changed = new Map([[key, state]]);
      if (await fits(changed)) return changed;
    }
  }
  return null;
}

/** Asks what the handler makes of an event from other states of some of its keys, and whether the records are right from these. */
export function askFrom(context: FollowContext, walked: WalkedEvent, records: readonly RecordedOutput[]) {
  const { revelations, states } = context;
  const { standing } = states.standingOf(walked.keys);
  const callFrom: CallFrom = async (changed) => {
    const answer = await context.call(walked, viewOf(context, changed));
    return 'fault' in answer ? null : answer;
  };
  const fits = async (changed: OtherStates): Promise<boolean> => {
    const answer = await callFrom(changed);
    if (answer === null) return false;
    if (standing !== 'approximate') return sameOutputs(answer.outputs, records, revelations.tolerancesOf);
    return judgeHandling(predicted(states, answer), records, standing, revelations).judgement === 'agrees';
  };
  return { callFrom, fits };
}

function viewOf({ states }: FollowContext, changed: ReadonlyMap<string, unknown>): StateView {
  return { read: (key) => (changed.has(key) ? changed.get(key) : states.liveState(key)) };
}

/** Not written at all; and numbers that are off by little and by much, which outputs at thresholds tell from each other. */
function* plainChanges(
  stateOf: (key: string) => unknown,
  keys: readonly string[],
  before: RecentHandling | null,
): Iterable<ReadonlyMap<string, unknown>> {
  const old = before?.before ?? null;
  if (before !== null && old !== null) {
    yield new Map(keys.map((key) => [key, old[before.walked.keys.indexOf(key)]]));
  }
  yield new Map(keys.map((key) => [key, undefined]));
  for (const by of movedBy) {
    yield new Map(keys.map((key) => [key, moved(stateOf(key), by)]));
  }
}

function moved(state: unknown, by: number): unknown {
  return numbersIn(state).reduce<unknown>((all, { path, value }) => withValueAt(all, path, value + by), state);
}
