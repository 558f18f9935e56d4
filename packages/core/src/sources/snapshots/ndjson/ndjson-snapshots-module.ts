import type { SnapshotSource } from '../../../model/snapshots/snapshot-source.js';
import { openNdjsonSnapshots, type NdjsonSnapshotLocation } from './open-ndjson-snapshots.js';

/** Opens the snapshots that a locator names, in this thread. */
export default function openFromLocation({ paths, options }: NdjsonSnapshotLocation): SnapshotSource {
  return openNdjsonSnapshots(paths, options);
}
