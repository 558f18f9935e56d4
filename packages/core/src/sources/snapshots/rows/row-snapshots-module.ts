import type { SnapshotSource } from '../../../model/snapshots/snapshot-source.js';
import { openRowSnapshots, type RowSnapshotLocation } from './open-row-snapshots.js';

/** Opens the snapshots that a locator names, in this thread. */
export default function openFromLocation({ snapshots, options }: RowSnapshotLocation): SnapshotSource {
  return openRowSnapshots(snapshots, options);
}
