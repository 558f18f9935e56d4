import { statSync } from 'node:fs';
import type { PartitionDescription } from '../../model/log/event-log.js';
import { readArchiveIndex } from './archive-index.js';
import { openArchiveForReading, guarded } from './open-archive-database.js';
import { readDamage, type ArchivedDamage } from './damaged-records.js';
import { describePartitions } from './open-archive.js';
import { readProgressOf } from './progress-table.js';
import { importsPrefix, type ImportProgress } from './import/import-progress.js';

/** What `archive info` shows, all of it from the index. */
export interface ArchiveDescription {
  readonly path: string;
  readonly id: string;
  /** Size of the file. */
  readonly bytes: number;
  readonly source: string;
  readonly sealed: boolean;
  /** SHA-256 in hex over all that it holds. */
  readonly digest: string;
  readonly events: number;
  readonly segments: number;
  readonly repeated: number;
  readonly partitions: readonly PartitionDescription[];
  /** Records that could not be read when they were imported or saved, in the order in which they were met. */
  readonly damage: readonly ArchivedDamage[];
  /** Files that were imported, in no particular order. */
  readonly imports: readonly ImportProgress[];
}

/** @throws RecoveryError `unreadable-archive`, `corrupt-archive-segment`, `archive-version-mismatch` */
export function describeArchive(path: string): ArchiveDescription {
  const db = openArchiveForReading(path);
  try {
    return guarded(path, () =>
      db.transaction((): ArchiveDescription => {
        const { id, source, sealed, digest, partitions } = readArchiveIndex(db, path);
        const damage = readDamage(db);
        return {
          path,
          id,
          bytes: statSync(path).size,
          source,
          sealed,
          digest: digest.toString('hex'),
          events: partitions.reduce((sum, summary) => sum + summary.events, 0),
          segments: partitions.reduce((sum, summary) => sum + summary.segments, 0),
          repeated: partitions.reduce((sum, summary) => sum + summary.repeated, 0),
          partitions: describePartitions(db, path, partitions, damage),
          damage,
          imports: readProgressOf(db, importsPrefix) as readonly ImportProgress[],
        };
      })(),
    );
  } finally {
    db.close();
  }
}
