import { isWorkerError } from '@eventmend/core';
import {
  type RunControl,
  type OpenWorker,
  type WorkerBasis,
  comparableState,
  sameComparable,
  sameJson,
} from '@eventmend/core/engine';
import { otherDraws } from '../follow/left-to-chance.js';
import type { CallBudget } from './call-budget.js';
import type { GatheredEvent } from './gather-events.js';
import { keptWrites, textOfStates, type KeptWrites, type KnownWrites } from './known-writes.js';
import type { StateCheck, Suspect } from './suspect.js';

/** Another way in which the service may have handled the events of a suspect. */
export interface OtherHandling {
  /** The first event from which on it is another way. */
  readonly from: number;
  /** What came from there on: numbers of events, and checks of the suspect as `-1 - n`. */
  readonly sequence: readonly number[];
  /** Events that were left out, repeated or moved. */
  readonly altered: readonly number[];
}

/**
 * Whether another handling leads to the recorded states. A number: it does at the cut that is to be explained, and at so
 * many behind it. `not-followed`: it would also have changed keys whose further events were not gathered, or rests on random numbers
 * that the service drew, so that nobody can say. `no-budget`: too many calls of the worker.
 */
export type FoldResult = number | 'does-not' | 'not-followed' | 'no-budget';

export interface Folding {
  readonly instance: OpenWorker;
  readonly control: RunControl;
  /** Of the replay that gathered the events: names the one at hand to the supervisor. */
  readonly laneOf: (place: number) => { readonly lane: number; readonly place: number };
  readonly known: KnownWrites;
}

/** Folds the events of a suspect in another way, with the real worker, and compares with what was recorded. */
export async function foldOtherwise(
  suspect: Suspect,
  handling: OtherHandling,
  folding: Folding,
  budget: CallBudget,
  onOutcome: (states: ReadonlyMap<string, string | null>) => void = () => undefined,
): Promise<FoldResult> {
  const { events, outside } = suspect;
  if (outside.size > 0 && changesOutside(suspect, handling)) return 'not-followed';
  const states = statesBefore(suspect, handling.from);
  for (const item of handling.sequence) {
    if (item < 0) {
      if (-1 - item === suspect.decisive) onOutcome(comparable(suspect.keys, states, folding.instance));
      if (holds(suspect.checks[-1 - item], states, folding.instance)) continue;
      const reach = -1 - item - suspect.decisive - 1;
      return reach < 0 ? 'does-not' : reach;
    }
    const event = events[item] as GatheredEvent;
    const read = (key: string): unknown => (outside.has(key) ? event.before.get(key) : states.get(key));
    const met = textOfStates(event, read);
    let writes = folding.known.find(event, met);
    if (writes === undefined) {
      if (!budget.take()) return 'no-budget';
      const applied = await apply(event, read, folding);
      if (applied === 'by-chance') return 'not-followed';
      writes = applied;
      folding.known.keep(event, met, writes);
    }
    if (writes === null) return 'does-not';
    for (const { key, state } of writes) {
      if (outside.has(key)) {
        if (!sameState(state, event.after.get(key))) return 'not-followed';
      } else if (state === undefined) states.delete(key);
      else states.set(key, state);
    }
    // What the right handling wrote to a key outside, and this one does not.
    if (outside.size > 0 && leavesOut(event, writes, outside)) return 'not-followed';
  }
  return suspect.checks.length - suspect.decisive - 1;
}

function comparable(
  keys: readonly string[],
  states: ReadonlyMap<string, unknown>,
  instance: WorkerBasis,
): ReadonlyMap<string, string | null> {
  return new Map(keys.map((key) => [key, states.has(key) ? comparableState(instance, states.get(key), key) : null]));
}

/** The right states of a suspect at the cut that is to be explained. */
export function rightOutcome(suspect: Suspect, instance: WorkerBasis): ReadonlyMap<string, string | null> {
  return comparable(suspect.keys, statesBefore(suspect, suspect.end), instance);
}

function holds(check: StateCheck | undefined, states: ReadonlyMap<string, unknown>, instance: WorkerBasis): boolean {
  for (const [key, recorded] of check?.recorded ?? []) {
    const folded = states.has(key) ? comparableState(instance, states.get(key), key) : null;
    if (!sameComparable(folded, recorded)) return false;
  }
  return true;
}

/**
 * Null where the worker fails: the service would not have gone on from there. `by-chance`: it writes other states with other random
 * numbers, and nobody knows which ones the service drew.
 */
async function apply(
  { event, keys, now, place }: GatheredEvent,
  read: (key: string) => unknown,
  { instance, control, laneOf }: Folding,
): Promise<KeptWrites | 'by-chance' | null> {
  const at = laneOf(place);
  control.beginLane(at.lane);
  control.enter(at.place, event.offset);
  control.progress(1, 0);
  // The host of a process applies the time limit itself.
  if (instance.mode === 'batches') control.idle();
  try {
    const effects = await instance.invoke(event, keys, now, { read });
    const writes = keptWrites(effects);
    if (effects.drew !== true) return writes;
    for (let draw = 1; draw <= otherDraws; draw++) {
      const others = keptWrites(await instance.invoke(event, keys, now, { read, draw }));
      if (!sameJson(writes, others)) return 'by-chance';
    }
    return writes;
  } catch (error) {
    if (isWorkerError(error)) return null;
    throw error;
  } finally {
    control.idle();
  }
}

/** The right states of the suspect's keys before one of its events. */
export function statesBefore({ keys, events }: Pick<Suspect, 'keys' | 'events'>, number: number): Map<string, unknown> {
  const states = new Map<string, unknown>();
  const met = new Set<string>();
  events.forEach((event, index) => {
    for (const key of event.keys) {
      if (!keys.includes(key)) continue;
      const source = index < number ? event.after : met.has(key) ? null : event.before;
      met.add(key);
      if (source === null) continue;
      if (source.has(key)) states.set(key, source.get(key));
      else states.delete(key);
    }
  });
  return states;
}

function changesOutside({ events, outside }: Suspect, { altered, sequence, from }: OtherHandling): boolean {
  return altered.some((number) => {
    const event = events[number] as GatheredEvent;
    const named = event.keys.filter((key) => outside.has(key));
    if (named.length === 0) return false;
    const left = number >= from && !sequence.includes(number);
    return !left || named.some((key) => !sameState(event.before.get(key), event.after.get(key)));
  });
}

function leavesOut(event: GatheredEvent, writes: KeptWrites, outside: ReadonlySet<string>): boolean {
  return event.keys.some(
    (key) =>
      outside.has(key) &&
      !writes.some((write) => write.key === key) &&
      !sameState(event.before.get(key), event.after.get(key)),
  );
}

function sameState(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}
