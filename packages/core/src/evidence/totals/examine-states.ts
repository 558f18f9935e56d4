import type { SnapshotDescription } from '../../model/snapshots/snapshot-source.js';
import { openWorker } from '../../sources/reference-tables/open-worker.js';
import { migrateState } from '../../worker/migrate-state.js';
import { sumMeasure } from '../compare/sum-measure.js';
import type { RecoveryInputs } from '../inputs/recovery-inputs.js';
import { checkInvariants, type InvariantResult } from './check-invariants.js';
import type { HeldTotal } from './control-total.js';

/** What is known of the states of a snapshot without any event. */
export interface ExaminedStates {
  /** Totals of its moment, and what it comes to. */
  readonly totals: readonly HeldTotal[];
  /** Invariants of the worker that it breaks. */
  readonly broken: readonly InvariantResult[];
}

/**
 * Holds the states of a snapshot against the totals of its moment and the invariants of the worker. Its states are held in memory
 * meanwhile; where there is nothing to hold them against they are not read.
 */
export async function examineStates(
  { worker: source, references, snapshots, totals = [], tuning }: RecoveryInputs,
  { id, takenAt, stateVersion }: SnapshotDescription,
): Promise<ExaminedStates> {
  const ofMoment = totals.filter(({ at }) => at !== null && at === takenAt);
  const instance = await openWorker(source, references, tuning?.eventTimeoutMs);
  try {
    const hasInvariants = Object.keys(instance.worker.invariants ?? {}).length > 0;
    if (snapshots === null || (ofMoment.length === 0 && !hasInvariants)) return { totals: [], broken: [] };
    const states = new Map<string, unknown>();
    for await (const { key, state } of snapshots.rows(id)) {
      states.set(key, migrateState(instance.worker, state, stateVersion, key));
    }
    return {
      totals: ofMoment.map((total) => ({ total, found: sumMeasure(instance, total.measure, states, total.keys) })),
      broken: checkInvariants(states, instance).filter(({ broken }) => broken > 0),
    };
  } finally {
    await instance.close();
  }
}
