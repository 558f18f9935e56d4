import type { RegisteredSchema } from '../registered-schema.js';
import { UnencodableValue } from '../unencodable-value.js';
import { messageAt } from './compile-protobuf.js';
import { parseProtobuf } from './parse-protobuf.js';

/**
 * The encoder of one message of a Protobuf schema. The library bends what does not fit (`1.5` to an integer, a number to a text): whoever
 * uses this reads the bytes back and compares.
 * @param indexes which message it is, as `messageIndexes` gives it; null for the only one of the schema
 * @throws Error of the library when the schema cannot be used.
 */
export function encodeProtobuf(
  protobufjs: typeof import('protobufjs'),
  schema: RegisteredSchema,
  indexes: readonly number[] | null,
): (value: unknown) => Uint8Array {
  const { root, messages } = parseProtobuf(protobufjs, schema);
  if (indexes === null && messages.length !== 1)
    throw new Error('it has several messages, and which one is written is not known');
  const chosen = indexes ?? [0];
  const type = root.lookupType(messageAt(messages, chosen).fullName);
  const prefix = indexBytes(chosen);
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new UnencodableValue('$', 'the schema has a message there');
    }
    try {
      return Buffer.concat([prefix, type.encode(type.fromObject(value)).finish()]);
    } catch {
      // Its message may quote the value.
      throw new UnencodableValue('$', `it is no message ${type.name} of the schema`);
    }
  };
}

/** The count of the indexes and they themselves, as zigzag varints; `[0]` is a single 0. */
function indexBytes(indexes: readonly number[]): Buffer {
  if (indexes.length === 1 && indexes[0] === 0) return Buffer.from([0]);
  return Buffer.from([indexes.length, ...indexes].flatMap(zigzag));
}

function zigzag(value: number): number[] {
  const bytes: number[] = [];
  let rest = value * 2;
  for (; rest >= 0x80; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  return [...bytes, rest];
}
