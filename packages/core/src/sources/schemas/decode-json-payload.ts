import { isUtf8 } from 'node:buffer';
import { mayLoseDigits } from '../../model/json/digit-scan.js';
import { keepDigits, reasonOfInexact } from '../../model/json/keep-digits.js';
import { isNestedDeeperThan, maxDepth } from '../../model/json/value-limits.js';
import { UndecodableValue } from './undecodable-value.js';

/** The payload of a JSON Schema is JSON text. It is not held against its schema: that was the producer's matter. */
export function decodeJsonPayload(payload: Uint8Array): unknown {
  if (!isUtf8(payload)) throw new UndecodableValue('not valid UTF-8');
  const text = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString('utf8');
  if (isNestedDeeperThan(text, maxDepth)) throw new UndecodableValue(`nested deeper than ${maxDepth} levels`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's own message would quote the payload.
    throw new UndecodableValue('not JSON');
  }
  const kept = mayLoseDigits(payload) ? keepDigits(text) : null;
  if (kept !== null) throw new UndecodableValue(reasonOfInexact(kept), kept);
  return value;
}
