export { withSchemas, type SchemaDecoding, type SchemaLocation, type WithSchemasOptions } from './with-schemas.js';
export type { UnknownSchemas } from './schema-decoders.js';
export type { LongForm } from './payload-decoder.js';
export { openSchemaRegistry, type RegistryOptions, type RegistrySettings } from './registry/schema-registry.js';
export type { ReadSecret, SecretSource } from '../secrets/secret-source.js';
export type { RegisteredSchema, SchemaLanguage, SchemaReference, SchemaSource } from './registered-schema.js';
export { collectSchemas, schemasFrom } from './stored-schemas.js';
export { schemaIdOf } from './wire-format.js';
