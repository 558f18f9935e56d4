export type { LongForm } from './sources/schemas/payload-decoder.js';
export type {
  RegisteredSchema,
  SchemaLanguage,
  SchemaReference,
  SchemaSource,
} from './sources/schemas/registered-schema.js';
export {
  type RegistryOptions,
  type RegistrySettings,
  openSchemaRegistry,
} from './sources/schemas/registry/schema-registry.js';
export type { UnknownSchemas } from './sources/schemas/schema-decoders.js';
export { collectSchemas, schemasFrom } from './sources/schemas/stored-schemas.js';
export { schemaIdOf } from './sources/schemas/wire-format.js';
export {
  type SchemaDecoding,
  type SchemaLocation,
  type WithSchemasOptions,
  withSchemas,
} from './sources/schemas/with-schemas.js';
export type { ReadSecret, SecretSource } from './sources/secrets/secret-source.js';
