import type { RegisteredSchema, SchemaSource } from './registered-schema.js';
import { unknownSchema } from './schema-failures.js';

/**
 * Schemas that were stored, as a source.
 * @throws RecoveryError `unusable-schema` from `schema` for one that was not.
 */
export function schemasFrom(stored: readonly RegisteredSchema[]): SchemaSource {
  const byId = new Map(stored.map((schema) => [schema.id, schema]));
  return {
    async schema(id) {
      const schema = byId.get(id);
      if (schema !== undefined) return schema;
      throw unknownSchema(id, 'is not among the schemas that were stored', {
        hint: 'read with the schema registry itself, or store the events again together with their schemas',
      });
    },
  };
}

/**
 * Gets the schemas of these numbers, each once and in rising order, as plain JSON that can be stored beside the events.
 * `schemaIdOf` gives the number that a value names.
 * @throws RecoveryError `schema-registry-unavailable`, `unusable-schema`
 */
export async function collectSchemas(
  ids: Iterable<number>,
  source: SchemaSource,
): Promise<readonly RegisteredSchema[]> {
  const collected: RegisteredSchema[] = [];
  for (const id of [...new Set(ids)].sort((a, b) => a - b)) collected.push(await source.schema(id));
  return collected;
}
