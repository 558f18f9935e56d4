import { UndecodableValue } from '../undecodable-value.js';

export interface IndexedPayload {
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
