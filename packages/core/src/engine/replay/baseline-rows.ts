import { hashState } from '../digest/state-digest.js';
import type { SnapshotRow } from '../../model/snapshots/snapshot-source.js';
import { migrateState } from '../../worker/migrate-state.js';
import type { Worker } from '../../worker/worker.js';
import type { BaselineRow } from '../store/run-store.js';

/** The rows of a snapshot as a run begins with them: brought to the worker's version of the state, and hashed. */
export async function* baselineRows(
  rows: AsyncIterable<SnapshotRow>,
  worker: Worker,
  stateVersion: number,
  part: number,
): AsyncIterable<BaselineRow> {
  for await (const { key, state } of rows) {
    const migrated = migrateState(worker, state, stateVersion, key);
    yield { key, text: JSON.stringify(migrated), hash: hashState(key, migrated), part };
  }
}
