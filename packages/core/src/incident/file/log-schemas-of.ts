import type { RegistrySettings } from '../../sources/schemas/registry/schema-registry.js';
import type { SchemaDecoding } from '../../sources/schemas/with-schemas.js';
import type { OutputSchemas } from '../../runs/publish/value-encoder.js';
import { secretOf } from './kafka-of.js';
import type { LogSchemasDocument, OutputSchemasDocument } from './log-schemas-schema.js';
import type { Paths } from './paths.js';

/** How the values of a log are decoded; the registry is null where the schemas stand in the archives. */
export interface LogSchemas {
  readonly registry: RegistrySettings | null;
  readonly decoding: SchemaDecoding;
}

export function logSchemasOf(document: LogSchemasDocument, paths: Paths): LogSchemas {
  return { registry: registryOf(document, paths), decoding: decodingOf(document) };
}

/** What of it may change a result: where the schemas come from does not. */
export function decodingOf({ topics, longs, unknown }: LogSchemasDocument): SchemaDecoding {
  return {
    ...(topics !== undefined && { topics }),
    ...(longs !== undefined && { longs }),
    ...(unknown !== undefined && { unknownSchemas: unknown }),
  };
}

/** The schemas that an output topic is read and written with. */
export function outputSchemasOf(
  { registry, longs = 'number', ids = {} }: OutputSchemasDocument,
  paths: Paths,
): OutputSchemas {
  return { registry: settingsOf(registry, paths), longs, ids };
}

function registryOf({ registry }: LogSchemasDocument, paths: Paths): RegistrySettings | null {
  return registry === undefined ? null : settingsOf(registry, paths);
}

function settingsOf(
  { url, username, password }: NonNullable<LogSchemasDocument['registry']>,
  paths: Paths,
): RegistrySettings {
  return {
    url,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password: secretOf(password, paths) }),
  };
}
