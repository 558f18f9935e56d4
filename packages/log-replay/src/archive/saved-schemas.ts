import type { RegisteredSchema } from '../schemas/registered-schema.js';
import { guarded, openArchiveForReading } from './open-archive-database.js';
import { readProgressOf } from './progress-table.js';

/** Names under which the schemas of values stand beside the events. */
export const schemasPrefix = 'kafka:schema:';

/** The schemas that were saved with the events; none where no registry was given then. @throws RecoveryError EM2001 */
export function savedSchemas(path: string): readonly RegisteredSchema[] {
  const db = openArchiveForReading(path);
  try {
    return guarded(path, () => readProgressOf(db, schemasPrefix)) as readonly RegisteredSchema[];
  } finally {
    db.close();
  }
}
