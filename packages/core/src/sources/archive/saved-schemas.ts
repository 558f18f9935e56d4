import type { RegisteredSchema } from '../schemas/registered-schema.js';
import { guarded, openArchiveForReading } from './open-archive-database.js';
import { readProgress, readProgressOf } from './progress-table.js';

/** Names under which the schemas of values stand beside the events. */
export const schemasPrefix = 'kafka:schema:';

/** Name under which the isolation of a saved archive stands. */
export const isolationName = 'kafka:isolation';

/** Whether the events of aborted transactions were saved too; null for an archive that was not saved from Kafka. */
export function savedIsolation(path: string): string | null {
  const db = openArchiveForReading(path);
  try {
    const saved = guarded(path, () => readProgress(db, isolationName));
    return typeof saved === 'string' ? saved : null;
  } finally {
    db.close();
  }
}

/**
 * The schemas that were saved with the events; none where no registry was given then.
 * @throws RecoveryError `unreadable-archive`
 */
export function savedSchemas(path: string): readonly RegisteredSchema[] {
  const db = openArchiveForReading(path);
  try {
    return guarded(path, () => readProgressOf(db, schemasPrefix)) as readonly RegisteredSchema[];
  } finally {
    db.close();
  }
}
