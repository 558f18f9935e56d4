import { RecoveryError } from '../../model/errors/recovery-error.js';
import type { SnapshotRow, SnapshotSource } from '../../model/snapshots/snapshot-source.js';

/** The rows of a snapshot by its id. @throws RecoveryError `invalid-snapshot` where there are no snapshots */
export function snapshotRows(snapshots: SnapshotSource | null, id: string): AsyncIterable<SnapshotRow> {
  if (snapshots !== null) return snapshots.rows(id);
  throw new RecoveryError('invalid-snapshot', `there are no snapshots to read ${JSON.stringify(id)} from`, {
    hint: 'list the snapshots: eventmend assess',
  });
}
