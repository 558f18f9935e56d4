import type { Message, Type } from 'protobufjs';
import type { LongForm, PayloadDecoder } from '../payload-decoder.js';
import type { RegisteredSchema } from '../registered-schema.js';
import { UndecodableValue, withoutInexact } from '../undecodable-value.js';
import { parseProtobuf, type DeclaredMessage } from './parse-protobuf.js';
import { plainMessages } from './plain-message.js';

/**
 * The decoder of a Protobuf schema: of all messages in it, since the value says which one it is.
 * @throws Error of the library when the schema cannot be used.
 */
export function compileProtobuf(
  protobufjs: typeof import('protobufjs'),
  schema: RegisteredSchema,
  longs: LongForm,
): PayloadDecoder {
  const { root, messages } = parseProtobuf(protobufjs, schema);
  const plainOf = plainMessages(protobufjs, longs);
  const hasLongs = longs === 'number';
  const types = new Map<DeclaredMessage, Type>();
  return (payload) => {
    const { indexes, message } = readMessageIndexes(payload);
    const declared = messageAt(messages, indexes);
    let type = types.get(declared);
    if (type === undefined) types.set(declared, (type = root.lookupType(declared.fullName)));
    const value = plainOf(type)(decodeMessage(protobufjs, type, message));
    return hasLongs ? withoutInexact(value, 'a 64-bit integer that a number cannot hold exactly') : value;
  };
}

/** @throws UndecodableValue where there is none */
export function messageAt(messages: readonly DeclaredMessage[], indexes: readonly number[]): DeclaredMessage {
  let found: DeclaredMessage | undefined;
  for (const index of indexes) {
    found = (found?.messages ?? messages)[index];
    if (found === undefined) break;
  }
  if (found === undefined) throw new UndecodableValue('names a message that its schema does not have');
  return found;
}

function decodeMessage(protobufjs: typeof import('protobufjs'), type: Type, bytes: Uint8Array): Message {
  const reader = protobufjs.Reader.create(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  // The library checks texts of proto3 only and patches others.
  reader.string = reader.stringVerify;
  try {
    return type.decode(reader);
  } catch {
    // Its message may quote the payload.
    throw new UndecodableValue('not a valid message of its type');
  }
}

interface IndexedPayload {
  /** Which message of the file, which message within that one, and so on; at least one. */
  readonly indexes: readonly number[];
  readonly message: Uint8Array;
}

/** Messages are not nested deeper in any schema; more indexes are no indexes. */
const maxIndexes = 100;

/** Reads the indexes before a message: their count and they themselves, as zigzag varints; a count of 0 means `[0]`. */
export function readMessageIndexes(payload: Uint8Array): IndexedPayload {
  let at = 0;
  const next = (): number => {
    let value = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = payload[at];
      if (byte === undefined) throw new UndecodableValue('ends before its message');
      at++;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return (value >>> 1) ^ -(value & 1);
    }
    throw notIndexes();
  };
  const count = next();
  if (count < 0 || count > maxIndexes) throw notIndexes();
  const indexes = count === 0 ? [0] : Array.from({ length: count }, next);
  return { indexes, message: payload.subarray(at) };
}

function notIndexes(): UndecodableValue {
  return new UndecodableValue('does not say which message it is (no message indexes)');
}
