import { firstDifference } from '../../model/json/first-difference.js';
import { migrateState } from '../../worker/migrate-state.js';
import type { RunStore } from '../../engine/store/run-store.js';
import type { SnapshotRow } from '../../model/snapshots/snapshot-source.js';
import type { WorkerBasis } from '../../worker/worker-instance.js';
import { droppedFields } from '../check-coverage/dropped-fields.js';
import { comparableState, shortened } from './comparable-state.js';
import { ConstantNormalise } from './constant-normalise.js';

/** How derived states and those of a snapshot differ. */
export interface StateComparison {
  /** Keys that either side has. */
  readonly keys: number;
  readonly differing: number;
  readonly onlyDerived: number;
  readonly onlyRecorded: number;
  /** Keys that agree, and whose state does not depend on an order that nobody recorded. */
  readonly shown: number;
  /** Of `differing`: keys whose difference another permissible order, or a hole, may explain. */
  readonly undetermined: number;
  readonly firstDifference: DifferingState | null;
  /** The first one that no permissible order explains. */
  readonly firstDetermined: DifferingState | null;
}

interface DifferingState {
  readonly key: string;
  readonly derived: string;
  readonly recorded: string;
}

/** Both states of one key as they are compared, in canonical JSON; null where a side has none. */
export interface ComparedState {
  readonly key: string;
  readonly derived: string | null;
  readonly recorded: string | null;
  /** False where the state may depend on an order that nobody recorded. */
  readonly determined: boolean;
}

export interface ComparisonOptions {
  /** Keys to leave out of the comparison; by default none. */
  readonly leaveOut?: (key: string) => boolean;
  /** For which keys the order is known, or makes no difference; by default for all. */
  readonly isDetermined?: (key: string) => boolean;
  /** Fields that the worker's `normalise` drops are noted there. */
  readonly dropped?: Set<string>;
  /** Called for each key that is compared. */
  readonly visit?: (compared: ComparedState) => void;
}

/** Compares key by key; memory follows the store, never the snapshot. */
export async function compareStates(
  store: RunStore,
  instance: WorkerBasis,
  recorded: AsyncIterable<SnapshotRow>,
  stateVersion: number,
  { leaveOut = () => false, isDetermined = () => true, visit, dropped }: ComparisonOptions = {},
): Promise<StateComparison> {
  const tally = newTally();
  const matched = new Set<string>();
  const constant = new ConstantNormalise(instance);
  const comparable = (stored: unknown, key: string): string => {
    const text = comparableState(instance, stored, key);
    const isLookedAt = dropped !== undefined || constant.isSuspected;
    if (instance.worker.normalise === undefined || !isLookedAt) return text;
    // Decoded apart from what `normalise` got, which it may have changed.
    const state = instance.decodeState(stored);
    for (const path of dropped === undefined ? [] : droppedFields(state, JSON.parse(text))) dropped?.add(path);
    if (constant.isSuspected) constant.look(state, text);
    return text;
  };
  const take = (key: string, derived: string | null, theirs: string | null): void => {
    const compared = { key, derived, recorded: theirs, determined: isDetermined(key) };
    count(tally, compared);
    visit?.(compared);
  };
  for await (const { key, state } of recorded) {
    if (leaveOut(key)) continue;
    const text = store.state(key)?.text;
    const theirs = comparable(migrateState(instance.worker, state, stateVersion, key), key);
    if (typeof text !== 'string') {
      take(key, null, theirs);
      continue;
    }
    matched.add(key);
    take(key, comparable(JSON.parse(text), key), theirs);
  }
  if (heldBy(store) !== matched.size) {
    for (const { key, text } of store.texts()) {
      if (text === null || matched.has(key) || leaveOut(key)) continue;
      take(key, comparable(JSON.parse(text), key), null);
    }
  }
  constant.refuseConstant();
  return tally;
}

/** Keys with a state. Counted, since going through all of them is seldom needed. */
function heldBy(store: RunStore): number {
  let held = 0;
  for (const { keys } of store.provenanceGroups()) held += keys;
  return held;
}

type Tally = { -readonly [Name in keyof StateComparison]: StateComparison[Name] };

function newTally(): Tally {
  return {
    keys: 0,
    differing: 0,
    onlyDerived: 0,
    onlyRecorded: 0,
    shown: 0,
    undetermined: 0,
    firstDifference: null,
    firstDetermined: null,
  };
}

function count(tally: Tally, compared: ComparedState): void {
  const { derived, recorded, determined } = compared;
  tally.keys++;
  if (derived === recorded) {
    if (determined) tally.shown++;
    return;
  }
  tally.differing++;
  if (derived === null) tally.onlyRecorded++;
  if (recorded === null) tally.onlyDerived++;
  if (!determined) tally.undetermined++;
  tally.firstDifference ??= differenceOf(compared);
  if (determined) tally.firstDetermined ??= differenceOf(compared);
}

/** Both sides at the first field that differs: whole states would be cut off before it. */
function differenceOf({ key, derived, recorded }: ComparedState): DifferingState {
  if (derived === null || recorded === null) {
    const side = (text: string | null): string => (text === null ? 'no state' : shortened(text));
    return { key, derived: side(derived), recorded: side(recorded) };
  }
  const difference = firstDifference(JSON.parse(derived), JSON.parse(recorded));
  if (difference === null) return { key, derived: shortened(derived), recorded: shortened(recorded) };
  const at = (value: unknown): string => `${difference.path} ${shortened(JSON.stringify(value) ?? 'nothing')}`;
  return { key, derived: at(difference.left), recorded: at(difference.right) };
}
