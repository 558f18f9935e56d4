import type { StateView } from '@eventmend/core/engine';
import type { CalledWorker, WorkerAnswer } from './call-worker.js';
import { withValueAt } from './json-path.js';
import { numbersIn } from './numbers-in.js';
import type { WalkedEvent } from './walk-log.js';

/** What a handler is asked with, about states that a service may have had. */
export interface AskedFromStates {
  /** The state of a key as far as it is known. */
  readonly stateOf: (key: string) => unknown;
  /** Keys whose states are tried in place of the event's own, as many as are worth asking. */
  readonly otherKeys: () => Iterable<string>;
  /** States that were passed, of any key, and that are not alike. */
  readonly statesSeen: () => readonly unknown[];
  readonly call: (walked: WalkedEvent, view: StateView) => WorkerAnswer | Promise<WorkerAnswer>;
}

/** From fewer other states nothing is concluded. */
const fewestStates = 6;

/** So many states are tried at the most. */
const mostStates = 16;

/**
 * True where what a handler makes of an event has a property from whatever state: it is asked from many, none and those of other keys
 * among them, and all of them must say so.
 * @param live what it makes of the event from the states as they are known
 */
export async function holdsFromAnyState(
  asked: AskedFromStates,
  walked: WalkedEvent,
  live: CalledWorker,
  holds: (answer: CalledWorker) => boolean,
): Promise<boolean> {
  if (!holds(live)) return false;
  for (const view of viewsOfSeen(asked, walked)) {
    const answer = await asked.call(walked, view);
    if (!('fault' in answer) && !holds(answer)) return false;
  }
  let answers = 0;
  for (const view of otherViews(asked, walked, live)) {
    const answer = await asked.call(walked, view);
    if ('fault' in answer) continue;
    if (!holds(answer)) return false;
    if (++answers === mostStates) break;
  }
  return answers >= fewestStates;
}

/** Each of the states that were passed as that of all keys of an event, and as that of each of them. */
function* viewsOfSeen({ stateOf, statesSeen }: AskedFromStates, { keys }: WalkedEvent): Iterable<StateView> {
  for (const state of statesSeen()) {
    yield { read: (key) => (keys.includes(key) ? state : stateOf(key)) };
    if (keys.length === 1) continue;
    for (const own of keys) yield { read: (key) => (key === own ? state : stateOf(key)) };
  }
}

/**
 * Other states of an event's keys: none at all, those that it leads to with other numbers, and those of other keys. Small
 * numbers are told apart by no rounding, and large ones by no floor or ceiling: both are tried, in both directions.
 */
function* otherViews(
  { stateOf, otherKeys }: AskedFromStates,
  { keys }: WalkedEvent,
  { writes }: CalledWorker,
): Iterable<StateView> {
  const seen = new Set([JSON.stringify(keys.map((key) => stateOf(key) ?? null))]);
  const own = new Set(keys);
  const viewOf = (change: (key: string) => unknown): StateView | null => {
    const changed = new Map(keys.map((key) => [key, change(key)]));
    const text = JSON.stringify([...changed.values()].map((state) => state ?? null));
    if (seen.has(text)) return null;
    seen.add(text);
    return { read: (key) => (own.has(key) ? changed.get(key) : stateOf(key)) };
  };
  const changes: ((state: unknown) => unknown)[] = [
    () => undefined,
    ...[1, -1, 100, -100, 10_000, -10_000].map((by) => (state: unknown) => withNumbers(state, (value) => value + by)),
    (state) => withNumbers(state, () => 0),
    (state) => withNumbers(state, (value) => -value),
  ];
  for (const change of changes) {
    const view = viewOf((key) => change(writes.find((write) => write.key === key)?.state ?? stateOf(key)));
    if (view !== null) yield view;
  }
  for (const name of otherKeys()) {
    const view = viewOf((key) => stateOf(key === name ? key : name));
    if (view !== null) yield view;
  }
}

function withNumbers(state: unknown, change: (value: number) => number): unknown {
  return numbersIn(state).reduce<unknown>(
    (changed, { path, value }) => withValueAt(changed, path, change(value)),
    state,
  );
}
