import { statSync } from 'node:fs';
import type { PartitionDescription } from '@eventmend/core';
import { openArchiveForReading, guarded } from './open-archive-database.js';
import { describePartitions } from './open-archive.js';
import { readPartitions } from './partition-table.js';
import { readProgress } from './progress-table.js';
import { importsPrefix, type ImportProgress } from './import/import-progress.js';

/** What `archive info` shows, all of it from the index. */
export interface ArchiveDescription {
  readonly path: string;
  readonly id: string;
  /** Size of the file. */
  readonly bytes: number;
  readonly source: string;
  readonly sealed: boolean;
  readonly events: number;
  readonly segments: number;
  readonly repeated: number;
  readonly partitions: readonly PartitionDescription[];
  /** Files that were imported, in no particular order. */
  readonly imports: readonly ImportProgress[];
}

/** @throws RecoveryError EM2001, EM2002, EM2003 */
export function describeArchive(path: string): ArchiveDescription {
  const db = openArchiveForReading(path);
  try {
    return guarded(path, () =>
      db.transaction((): ArchiveDescription => {
        const row = db.prepare('SELECT id, source, seal FROM archive').get() as {
          readonly id: string;
          readonly source: string;
          readonly seal: Buffer | null;
        };
        const summaries = readPartitions(db, path);
        return {
          path,
          id: row.id,
          bytes: statSync(path).size,
          source: row.source,
          sealed: row.seal !== null,
          events: summaries.reduce((sum, summary) => sum + summary.events, 0),
          segments: summaries.reduce((sum, summary) => sum + summary.segments, 0),
          repeated: summaries.reduce((sum, summary) => sum + summary.repeated, 0),
          partitions: describePartitions(db, path, summaries),
          imports: readProgress(db, importsPrefix) as readonly ImportProgress[],
        };
      })(),
    );
  } finally {
    db.close();
  }
}
