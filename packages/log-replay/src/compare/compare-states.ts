import { firstDifference, migrateState, type RunStore, type SnapshotRow, type WorkerInstance } from '@eventmend/core';
import { comparableState, shortened } from './comparable-state.js';

/** How derived states and those of a snapshot differ. */
export interface StateComparison {
  /** Keys that either side has. */
  readonly keys: number;
  readonly differing: number;
  readonly onlyDerived: number;
  readonly onlyRecorded: number;
  readonly firstDifference: { readonly key: string; readonly derived: string; readonly recorded: string } | null;
}

/** Compares key by key; memory follows the store, never the snapshot. */
export async function compareStates(
  store: RunStore,
  instance: WorkerInstance,
  recorded: AsyncIterable<SnapshotRow>,
  stateVersion: number,
): Promise<StateComparison> {
  let matched = 0;
  let differing = 0;
  let onlyRecorded = 0;
  let first: StateComparison['firstDifference'] = null;
  for await (const { key, state } of recorded) {
    const text = store.state(key)?.text;
    const theirs = comparableState(instance, migrateState(instance.worker, state, stateVersion, key), key);
    if (typeof text !== 'string') {
      onlyRecorded++;
      first ??= { key, derived: 'no state', recorded: shortened(theirs) };
      continue;
    }
    matched++;
    const ours = comparableState(instance, JSON.parse(text), key);
    if (ours === theirs) continue;
    differing++;
    first ??= { key, ...whereTheyDiffer(ours, theirs) };
  }
  let held = 0;
  for (const group of store.provenanceGroups()) held += group.keys;
  const onlyDerived = held - matched;
  return {
    keys: held + onlyRecorded,
    differing: differing + onlyDerived + onlyRecorded,
    onlyDerived,
    onlyRecorded,
    firstDifference: first,
  };
}

/** Both sides at the first field that differs: whole states would be cut off before it. */
function whereTheyDiffer(ours: string, theirs: string): { readonly derived: string; readonly recorded: string } {
  const difference = firstDifference(JSON.parse(ours), JSON.parse(theirs));
  if (difference === null) return { derived: shortened(ours), recorded: shortened(theirs) };
  const at = (value: unknown): string => `${difference.path} ${shortened(JSON.stringify(value) ?? 'nothing')}`;
  return { derived: at(difference.left), recorded: at(difference.right) };
}
