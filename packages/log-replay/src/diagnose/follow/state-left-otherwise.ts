import type { RecordedOutput } from '@eventmend/core';
import type { StateView } from '@eventmend/core/engine';
import { overlaid, type CalledWorker } from './call-worker.js';
import type { Confidence } from './expected-and-live-states.js';
import type { FollowContext } from './follow-context.js';
import { valueAt, withValueAt, type JsonPath } from './json-path.js';
import { judgeHandling } from './judge-handling.js';
import { numbersIn } from './numbers-in.js';
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
  standing: Confidence,
): Promise<StateLeftOtherwise> {
  const found = new Set<WalkedEvent>();
  for (const [keys, before] of lastHandlings(context, walked)) {
    const left = await statesLeft(context, walked, { keys, before, live, records, standing });
    if (left.length === 0) continue;
    if (before === null || found.size > 0) return 'unknown';
    // One from before it may have left its state otherwise too, where its outputs would have been the same.
    const earlier = keys.filter((key) => before.walked.keys.includes(key));
    for (const key of earlier) {
      if (await dependsOn(context, before.walked, key)) continue;
      if (!(await showsAll(context, before.walked, key, left))) return 'unknown';
    }
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

/**
 * True where the outputs of a handling show every number that would have to be off for a later one to be right, and half of it: what
 * they hide by rounding is less.
 */
async function showsAll(
  context: FollowContext,
  walked: WalkedEvent,
  key: string,
  left: readonly ReadonlyMap<string, unknown>[],
): Promise<boolean> {
  const numbers = numbersIn(context.states.liveState(key));
  for (const states of left) {
    const off = numbers.map(({ path, value }) => Math.abs(Number(valueAt(states.get(key), path) ?? 0) - value));
    const least = Math.min(...off.filter((by) => by > 0));
    if (!(least >= 2 * telling) || !Number.isFinite(least)) return false;
    if (!(await dependsOn(context, walked, key, [least, -least, least / 2, -least / 2]))) return false;
  }
  return true;
}

/** What is off by less may be hidden by anything. */
const telling = 2;

/** A handling that something does not fit, and the one before it that left some of its keys; null where that is not remembered. */
interface LeftBefore {
  readonly keys: readonly string[];
  readonly before: RecentHandling | null;
  readonly live: CalledWorker;
  readonly records: readonly RecordedOutput[];
  readonly standing: Confidence;
}

/** Other states of the keys from which the records are right, as far as they are found. */
async function statesLeft(
  context: FollowContext,
  walked: WalkedEvent,
  { keys, before, live, records, standing }: LeftBefore,
): Promise<readonly ReadonlyMap<string, unknown>[]> {
  const { revelations } = context;
  const solved = await solve(context, walked, keys, live, records);
  const fitting: ReadonlyMap<string, unknown>[] = [];
  for (const changed of [...plainChanges(context, keys, before), ...solved]) {
    const view = viewOf(context, changed);
    const answer = await context.call(walked, view);
    if ('fault' in answer) continue;
    const { read } = overlaid(view, answer.writes);
    const { judgement } = judgeHandling({ outputs: answer.outputs, stateAfter: read }, records, standing, revelations);
    if (judgement === 'agrees') fitting.push(changed);
  }
  return fitting;
}

function viewOf({ states }: FollowContext, changed: ReadonlyMap<string, unknown>): StateView {
  return { read: (key) => (changed.has(key) ? changed.get(key) : states.liveState(key)) };
}

/** Not written at all; and numbers that are off by little and by much, which outputs at thresholds tell from each other. */
function* plainChanges(
  { states }: FollowContext,
  keys: readonly string[],
  before: RecentHandling | null,
): Iterable<ReadonlyMap<string, unknown>> {
  const old = before?.before ?? null;
  if (before !== null && old !== null) {
    yield new Map(keys.map((key) => [key, old[before.walked.keys.indexOf(key)]]));
  }
  yield new Map(keys.map((key) => [key, undefined]));
  for (const by of [1, -1, 100, -100, 10_000, -10_000]) {
    yield new Map(keys.map((key) => [key, moved(states.liveState(key), by)]));
  }
}

function moved(state: unknown, by: number): unknown {
  return numbersIn(state).reduce<unknown>((all, { path, value }) => withValueAt(all, path, value + by), state);
}

/** How far a number is moved to see what it does to the outputs, and how far around a solution is looked at. */
const steps = [1, -1, 64, -64] as const;
const around = [0, 1, -1] as const;

/** So often all numbers are brought closer. */
const rounds = 2;

/** States from which the numbers of the outputs come to what was recorded, each number on its own, as if it worked evenly. */
async function solve(
  context: FollowContext,
  walked: WalkedEvent,
  keys: readonly string[],
  live: CalledWorker,
  records: readonly RecordedOutput[],
): Promise<readonly ReadonlyMap<string, unknown>[]> {
  const wanted = numbersOf(records);
  const solutions: ReadonlyMap<string, unknown>[] = [];
  for (const step of steps) {
    let changed: ReadonlyMap<string, unknown> = new Map(keys.map((key) => [key, context.states.liveState(key)]));
    let outputs = numbersOf(live.outputs);
    for (let round = 0; round < rounds; round++) {
      for (const { key, path } of keys.flatMap((key) => placesIn(changed.get(key), key))) {
        const now = valueAt(changed.get(key), path) as number;
        const to = (value: number): ReadonlyMap<string, unknown> =>
          new Map([...changed, [key, withValueAt(changed.get(key), path, value)]]);
        const answer = await context.call(walked, viewOf(context, to(now + step)));
        if ('fault' in answer) continue;
        const next = solvedNumber(now, step, outputs, numbersOf(answer.outputs), wanted);
        if (next === null) continue;
        for (const off of around) solutions.push(to(next + off), to(Math.round(next) + off));
        changed = to(next);
        const there = await context.call(walked, viewOf(context, changed));
        if (!('fault' in there)) outputs = numbersOf(there.outputs);
      }
    }
  }
  return solutions;
}

function placesIn(state: unknown, key: string): readonly { readonly key: string; readonly path: JsonPath }[] {
  return numbersIn(state).map(({ path }) => ({ key, path }));
}

/** Where a number has to stand for the first output that it moves, and that is not as recorded, to come out so. */
function solvedNumber(
  now: number,
  step: number,
  from: ReadonlyMap<string, number>,
  to: ReadonlyMap<string, number>,
  wanted: ReadonlyMap<string, number>,
): number | null {
  for (const [name, value] of from) {
    const goal = wanted.get(name);
    const other = to.get(name);
    if (goal === undefined || other === undefined || other === value || goal === value) continue;
    return now + (step * (goal - value)) / (other - value);
  }
  return null;
}

/** The numbers of outputs, by output, key and path. */
function numbersOf(
  outputs: readonly { readonly output: string; readonly key: string | null; readonly value: unknown }[],
): ReadonlyMap<string, number> {
  const seen = new Map<string, number>();
  return new Map(
    outputs.flatMap(({ output, key, value }) => {
      const name = `${output} ${key ?? ''}`;
      const count = (seen.get(name) ?? 0) + 1;
      seen.set(name, count);
      return numbersIn(value).map(({ path, value: number }): [string, number] => [
        `${name} ${count} ${path.join('.')}`,
        number,
      ]);
    }),
  );
}
