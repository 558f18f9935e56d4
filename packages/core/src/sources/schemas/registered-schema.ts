/** The languages that schemas are written in, by the names that a registry gives them. */
export type SchemaLanguage = 'AVRO' | 'PROTOBUF' | 'JSON';

/** A schema that another one names, with what it names itself. */
export interface SchemaReference {
  /** What the other schema calls it: the full name of a type (Avro), a path (Protobuf), or a URL (JSON Schema). */
  readonly name: string;
  readonly subject: string;
  readonly version: number;
  readonly schema: string;
  readonly references: readonly SchemaReference[];
}

/** A schema with everything that is needed to read values by it, as plain JSON. It never changes under its number. */
export interface RegisteredSchema {
  readonly id: number;
  readonly type: SchemaLanguage;
  readonly schema: string;
  readonly references: readonly SchemaReference[];
}

/** Where schemas come from: a registry, or what was stored of one. */
export interface SchemaSource {
  /**
   * @throws RecoveryError `schema-registry-unavailable` when the source cannot be asked, `unusable-schema` when it does
   *   not know the schema.
   */
  schema(id: number): Promise<RegisteredSchema>;
}
