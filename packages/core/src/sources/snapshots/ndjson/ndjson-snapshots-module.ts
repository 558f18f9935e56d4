import type { SnapshotSource } from '../../../model/snapshots/snapshot-source.js';
import { openSnapshotLocation, type NdjsonSnapshotLocation } from './open-ndjson-snapshots.js';

/** Opens the snapshots that a locator names, in this thread. */
export default function openFromLocation(location: NdjsonSnapshotLocation): SnapshotSource {
  return openSnapshotLocation(location);
}
