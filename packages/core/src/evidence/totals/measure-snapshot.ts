import type { SnapshotDescription } from '../../model/snapshots/snapshot-source.js';
import { openWorker } from '../../sources/reference-tables/open-worker.js';
import { migrateState } from '../../worker/migrate-state.js';
import { sumMeasure } from '../compare/sum-measure.js';
import type { RecoveryInputs } from '../inputs/recovery-inputs.js';
import type { HeldTotal } from './control-total.js';

/**
 * Holds the states of a snapshot against the totals of its moment. Its states are held in memory meanwhile.
 * @returns empty where no total is of its moment
 */
export async function measureSnapshot(
  { worker: source, references, snapshots, totals = [], tuning }: RecoveryInputs,
  { id, takenAt, stateVersion }: SnapshotDescription,
): Promise<readonly HeldTotal[]> {
  const ofMoment = totals.filter(({ at }) => at !== null && at === takenAt);
  if (ofMoment.length === 0 || snapshots === null) return [];
  const instance = await openWorker(source, references, tuning?.eventTimeoutMs);
  try {
    const states = new Map<string, unknown>();
    for await (const { key, state } of snapshots.rows(id)) {
      states.set(key, migrateState(instance.worker, state, stateVersion, key));
    }
    return ofMoment.map((total) => ({ total, found: sumMeasure(instance, total.measure, states) }));
  } finally {
    await instance.close();
  }
}
