import { mappingSchema, type MappingDocument } from './mapping-schema.js';
import { checkConfiguration, parseConfiguration, type ConfigurationKind } from './parse-configuration.js';
import { readConfiguration } from './read-configuration.js';

const mapping: ConfigurationKind<typeof mappingSchema> = {
  schema: mappingSchema,
  name: 'mapping',
  example: 'topic: orders',
  hint: 'a mapping is what stands under log.mapping in an incident file',
};

/**
 * Reads a file with a mapping alone (YAML or JSON), as it stands under `log.mapping` in an incident file.
 * @throws RecoveryError `file-unavailable` when it cannot be read, `invalid-configuration` when it is not a mapping.
 */
export function readMapping(file: string): MappingDocument {
  return parseConfiguration(readConfiguration(file, 'mapping file', 'check the path'), file, mapping);
}

/** @throws RecoveryError `invalid-configuration` naming what is wrong. `where` says where it came from. */
export function checkMapping(value: unknown, where: string): MappingDocument {
  return checkConfiguration(value, where, mapping);
}
