import { isRecoveryError } from '../../model/errors/recovery-error.js';
import { loadDriver } from '../drivers/load-driver.js';
import { compileAvro } from './avro/compile-avro.js';
import { decodeJsonPayload } from './decode-json-payload.js';
import type { LongForm, PayloadDecoder } from './payload-decoder.js';
import { compileProtobuf } from './protobuf/compile-protobuf.js';
import type { RegisteredSchema } from './registered-schema.js';
import { unusableSchema } from './schema-failures.js';

/**
 * @throws RecoveryError `missing-package` when a package for its language is missing, `unusable-schema` when the schema
 *   cannot be used.
 */
export async function compileSchema(schema: RegisteredSchema, longs: LongForm): Promise<PayloadDecoder> {
  switch (schema.type) {
    case 'AVRO': {
      const avsc = loadDriver('avsc', 'a value in Avro');
      return compiled(schema, () => compileAvro(avsc, schema, longs));
    }
    case 'PROTOBUF': {
      const protobufjs = loadDriver('protobufjs', 'a value in Protobuf');
      return compiled(schema, () => compileProtobuf(protobufjs, schema, longs));
    }
    case 'JSON':
      return decodeJsonPayload;
  }
}

function compiled(schema: RegisteredSchema, compile: () => PayloadDecoder): PayloadDecoder {
  try {
    return compile();
  } catch (error) {
    if (isRecoveryError(error)) throw error;
    const what = error instanceof Error ? shortened(error.message) : 'it is not understood';
    throw unusableSchema(schema.id, `as ${schema.type}, ${what}`, error);
  }
}

/** The libraries quote what they stumble over, which may be half of the schema. */
function shortened(message: string): string {
  return message.length <= 200 ? message : `${message.slice(0, 200)} …`;
}
