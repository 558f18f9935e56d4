import { isRecoveryError } from '../../../model/errors/recovery-error.js';
import type { ArchiveWriter } from '../../archive/archive-writer.js';
import { schemasPrefix } from '../../archive/saved-schemas.js';
import { valueOf, type RecordColumns } from '../batches/record-columns.js';
import { collectSchemas } from '../../schemas/stored-schemas.js';
import type { SchemaSource } from '../../schemas/registered-schema.js';
import { schemaIdOf } from '../../schemas/wire-format.js';

/** Keeps the schemas of what is saved beside it: without them the bytes say little. */
export interface SchemaKeeping {
  /** Asks for the schemas that the values of a page name and that are not kept yet. */
  keep(page: RecordColumns): Promise<void>;
  /** Numbers that the registry does not know, with the reason. */
  readonly missing: ReadonlyMap<number, string>;
}

/** Schemas are stored with the next commit, so with the events that name them, or before. */
export function keepSchemas(writer: ArchiveWriter, source: SchemaSource): SchemaKeeping {
  const seen = new Set<number>();
  const missing = new Map<number, string>();
  return {
    missing,
    async keep(page) {
      const fresh = new Set<number>();
      for (let index = 0; index < page.length; index++) {
        const value = valueOf(page, index);
        const id = value === null ? null : schemaIdOf(value);
        if (id !== null && !seen.has(id)) fresh.add(id);
      }
      for (const id of fresh) {
        seen.add(id);
        if (writer.progress(`${schemasPrefix}${id}`) !== undefined) continue;
        try {
          for (const schema of await collectSchemas([id], source)) {
            writer.setProgress(`${schemasPrefix}${schema.id}`, schema);
          }
        } catch (error) {
          // A value may begin with a zero byte without naming a schema. The events are saved in any case.
          if (!isRecoveryError(error) || error.code !== 'unusable-schema') throw error;
          missing.set(id, error.message);
        }
      }
    },
  };
}
