import { firstDifference } from '../../model/json/first-difference.js';
import { isRecoveryError } from '../../model/errors/recovery-error.js';
import { loadDriver } from '../drivers/load-driver.js';
import { encodeAvro } from './avro/encode-avro.js';
import { compileSchema } from './compile-schema.js';
import type { LongForm, PayloadDecoder } from './payload-decoder.js';
import { encodeProtobuf } from './protobuf/encode-protobuf.js';
import type { RegisteredSchema } from './registered-schema.js';
import { unusableSchema } from './schema-failures.js';
import { UndecodableValue } from './undecodable-value.js';
import { UnencodableValue } from './unencodable-value.js';
import { wireHeaderBytes } from './wire-format.js';

/**
 * Makes a value in Confluent's wire format of plain JSON data: what a decoder of the same schema reads as this very value.
 * @throws UnencodableValue and nothing else for a value that the schema cannot hold, or only in part, or only rounded.
 */
export type WireEncoder = (value: unknown) => Buffer;

/**
 * @param indexes for Protobuf, which message of the schema is written; null for its only one
 * @throws RecoveryError `missing-package`, `unusable-schema`
 */
export async function compileWireEncoder(
  schema: RegisteredSchema,
  longs: LongForm,
  indexes: readonly number[] | null,
): Promise<WireEncoder> {
  const decode = await compileSchema(schema, longs);
  const encode = encoderOf(schema, indexes);
  return (value) => {
    const payload = encode(value);
    const difference = firstDifference(withoutNulls(value), withoutNulls(decoded(decode, payload)));
    if (difference !== null) throw new UnencodableValue(difference.path, reasonOf(difference.left, difference.right));
    const header = Buffer.alloc(wireHeaderBytes);
    header.writeUInt32BE(schema.id, 1);
    return Buffer.concat([header, payload]);
  };
}

function encoderOf(schema: RegisteredSchema, indexes: readonly number[] | null): (value: unknown) => Uint8Array {
  try {
    switch (schema.type) {
      case 'AVRO':
        return encodeAvro(loadDriver('avsc', 'a value in Avro'), schema);
      case 'PROTOBUF':
        return encodeProtobuf(loadDriver('protobufjs', 'a value in Protobuf'), schema, indexes);
      case 'JSON':
        return (value) => Buffer.from(JSON.stringify(value), 'utf8');
    }
  } catch (error) {
    if (isRecoveryError(error)) throw error;
    throw unusableSchema(
      schema.id,
      `as ${schema.type}, ${error instanceof Error ? error.message.slice(0, 200) : 'it is not understood'}`,
      error,
    );
  }
}

function decoded(decode: PayloadDecoder, payload: Uint8Array): unknown {
  try {
    return decode(payload);
  } catch (error) {
    if (error instanceof UndecodableValue) throw new UnencodableValue('$', error.reason);
    throw error;
  }
}

/** A field that is null and one that is not there say the same, and schemas know one of them only. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, one]) =>
      one === null || one === undefined ? [] : [[name, withoutNulls(one)]],
    ),
  );
}

function reasonOf(wanted: unknown, found: unknown): string {
  if (found === undefined) return 'the schema has no place for it';
  if (wanted === undefined) return 'the schema has a field there that the value lacks';
  return 'the schema would make another value of it';
}
