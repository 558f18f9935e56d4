import type { RecordedOutput } from '@eventmend/core';
import { sameRecorded, sameJson, type EmittedOutput, type StateView } from '@eventmend/core/engine';
import type { ObservedDifference } from '../fault.js';
import type { CalledWorker } from './call-worker.js';
import { firstUnequal } from './compare-handling.js';
import type { FollowContext } from './follow-context.js';
import { numbersIn } from './numbers-in.js';
import { withValueAt } from './json-path.js';
import type { WalkedEvent } from './walk-log.js';

/** From fewer other states nothing is concluded. */
const fewestStates = 6;

/** So many handlings are asked for keys whose states are tried in place of the event's own. */
const askedHandlings = 32;

/** So many states are tried at the most. */
const mostStates = 16;

/**
 * Tells a wrong result that no state which the service may have had explains: neither what came before it, nor in which
 * order, does away with it. True where it was told.
 */
export async function tellWrongFromAnyState(
  context: FollowContext,
  walked: WalkedEvent,
  live: CalledWorker,
  records: readonly RecordedOutput[],
): Promise<boolean> {
  const difference = await differenceFromAnyState(context, walked, live, records);
  if (difference === null) return false;
  const { path, output, expected, recorded } = difference;
  const evidence = `from whatever state ${output ?? 'its output'} should have ${path} ${expected}, and ${recorded} was recorded`;
  context.fault('wrong', walked, evidence, { difference, fromAnyState: true });
  return true;
}

/**
 * Where an output says what the handler makes of the event from no state whatever; null where none does. Seen by asking the handler from many states, which must all lead to
 * the same output.
 */
async function differenceFromAnyState(
  context: FollowContext,
  walked: WalkedEvent,
  live: CalledWorker,
  records: readonly RecordedOutput[],
): Promise<ObservedDifference | null> {
  const { outputs } = live;
  const contradicted = outputs.filter((output) => isContradicted(context, outputs, records, output));
  if (contradicted.length === 0) return null;
  let left: readonly EmittedOutput[] = contradicted;
  let asked = 0;
  for (const view of otherViews(context, walked, live)) {
    const other = await context.call(walked, view);
    if ('fault' in other) continue;
    left = left.filter((output) => sameJson(valuesOf(outputs, output), valuesOf(other.outputs, output)));
    if (left.length === 0) return null;
    if (++asked === mostStates) break;
  }
  return asked >= fewestStates ? firstUnequal(left, recordsOf(records, left), context.revelations.tolerancesOf) : null;
}

/** True where as many records as outputs are of this name and key, and none of them says the same. */
function isContradicted(
  { revelations }: FollowContext,
  outputs: readonly EmittedOutput[],
  records: readonly RecordedOutput[],
  { output, key, value }: EmittedOutput,
): boolean {
  const own = records.filter((record) => record.output === output && record.key === key);
  if (own.length !== outputs.filter((other) => other.output === output && other.key === key).length) return false;
  const tolerances = revelations.tolerancesOf(output);
  return own.every((record) => !sameRecorded(value, record.value, tolerances));
}

function recordsOf(records: readonly RecordedOutput[], outputs: readonly EmittedOutput[]): readonly RecordedOutput[] {
  return records.filter(({ output, key }) => outputs.some((other) => other.output === output && other.key === key));
}

function valuesOf(outputs: readonly EmittedOutput[], { output, key }: EmittedOutput): readonly unknown[] {
  return outputs.filter((other) => other.output === output && other.key === key).map(({ value }) => value);
}

/**
 * Other states of an event's keys: none at all, those that it leads to with other numbers, and those of other keys. Small
 * numbers are told apart by no rounding, and large ones by no floor or ceiling: both are tried, in both directions.
 */
function* otherViews(
  { states, recent }: FollowContext,
  { keys }: WalkedEvent,
  { writes }: CalledWorker,
): Iterable<StateView> {
  const seen = new Set([JSON.stringify(keys.map((key) => states.liveState(key) ?? null))]);
  const own = new Set(keys);
  const viewOf = (change: (key: string) => unknown): StateView | null => {
    const changed = new Map(keys.map((key) => [key, change(key)]));
    const text = JSON.stringify([...changed.values()].map((state) => state ?? null));
    if (seen.has(text)) return null;
    seen.add(text);
    return { read: (key) => (own.has(key) ? changed.get(key) : states.liveState(key)) };
  };
  const changes: ((state: unknown) => unknown)[] = [
    () => undefined,
    ...[1, -1, 100, -100, 10_000, -10_000].map((by) => (state: unknown) => withNumbers(state, (value) => value + by)),
    (state) => withNumbers(state, () => 0),
    (state) => withNumbers(state, (value) => -value),
  ];
  for (const change of changes) {
    const view = viewOf((key) => change(writes.find((write) => write.key === key)?.state ?? states.liveState(key)));
    if (view !== null) yield view;
  }
  let asked = 0;
  for (const { walked: other } of recent.since(0)) {
    if (++asked > askedHandlings) return;
    for (const name of other.keys) {
      const view = viewOf((key) => states.liveState(key === name ? key : name));
      if (view !== null) yield view;
    }
  }
}

function withNumbers(state: unknown, change: (value: number) => number): unknown {
  return numbersIn(state).reduce<unknown>(
    (changed, { path, value }) => withValueAt(changed, path, change(value)),
    state,
  );
}
