import type { SchemaLanguage } from '../registered-schema.js';

/** A schema as the registry's answer has it: references are named only. */
export interface AnsweredSchema {
  readonly type: SchemaLanguage | null;
  /** What the registry calls the language. */
  readonly typeName: string;
  readonly schema: string;
  readonly references: readonly AnsweredReference[];
}

interface AnsweredReference {
  readonly name: string;
  readonly subject: string;
  readonly version: number;
}

type JsonObject = Readonly<Record<string, unknown>>;

/** What the registry says of a schema, by number or by subject and version; null when the answer is something else. */
export function readSchemaAnswer(body: unknown): AnsweredSchema | null {
  // The language is left out for Avro, as it was before there were others.
  const { schema, schemaType = 'AVRO', references = [] } = asObject(body);
  if (typeof schema !== 'string' || typeof schemaType !== 'string') return null;
  const list = references ?? [];
  if (!Array.isArray(list)) return null;
  const read = list.map(readReference);
  if (!read.every((reference) => reference !== null)) return null;
  return { type: asLanguage(schemaType), typeName: schemaType, schema, references: read };
}

/** The registry's own number of an error, such as 40403; null when the body is not of a registry. */
export function readErrorCode(body: unknown): number | null {
  const { error_code: code } = asObject(body);
  return typeof code === 'number' ? code : null;
}

function readReference(body: unknown): AnsweredReference | null {
  const { name, subject, version } = asObject(body);
  return typeof name === 'string' && typeof subject === 'string' && typeof version === 'number'
    ? { name, subject, version }
    : null;
}

function asLanguage(name: string): SchemaLanguage | null {
  return name === 'AVRO' || name === 'PROTOBUF' || name === 'JSON' ? name : null;
}

function asObject(body: unknown): JsonObject {
  return typeof body === 'object' && body !== null ? (body as JsonObject) : {};
}
