import type { KeptDigits } from '../../model/json/keep-digits.js';
import { EventPage, type DecodedValues } from '../../model/log/event-page.js';
import { maxRowBytes } from '../../model/json/value-limits.js';
import type { PayloadDecoder } from './payload-decoder.js';
import { UndecodableValue } from './undecodable-value.js';
import { schemaIdOf, wireHeaderBytes } from './wire-format.js';

/** The schemas that a page needs, each with the index of the first event that names it, in the order of the events. */
export function schemasOfPage(page: EventPage): ReadonlyMap<number, number> {
  const ids = new Map<number, number>();
  for (let index = 0; index < page.count; index++) {
    const bytes = page.valueBytes(index);
    const id = bytes === null ? null : schemaIdOf(bytes);
    if (id !== null && !ids.has(id)) ids.set(id, index);
  }
  return ids;
}

/** The page with its values decoded by their schemas when somebody asks for them; everything else is the page's own. */
export function decodePage(page: EventPage, decoderOf: (id: number) => PayloadDecoder | undefined): EventPage {
  return new EventPage({
    offsets: page.offsets,
    timestamps: page.timestamps,
    get keys() {
      return page.keys;
    },
    headers: page.headers,
    decodeValues: () => decodeValues(page, decoderOf),
    valueBytes: (index) => page.valueBytes(index),
    keyBytes: (index) => page.keyBytes(index),
  });
}

function decodeValues(page: EventPage, decoderOf: (id: number) => PayloadDecoder | undefined): DecodedValues {
  const values: unknown[] = [];
  let undecodable: Map<number, string> | null = null;
  let inexact: Map<number, KeptDigits> | null = null;
  for (let index = 0; index < page.count; index++) {
    const bytes = page.valueBytes(index);
    const decoded = bytes === null ? { value: null } : decodeFramed(bytes, decoderOf);
    if ('reason' in decoded) {
      (undecodable ??= new Map()).set(index, decoded.reason);
      if (decoded.kept !== undefined) (inexact ??= new Map()).set(index, decoded.kept);
      values.push(undefined);
    } else values.push(decoded.value);
  }
  return { values, undecodable, inexact };
}

type Decoded = { readonly value: unknown } | { readonly reason: string; readonly kept?: KeptDigits | undefined };

function decodeFramed(bytes: Uint8Array, decoderOf: (id: number) => PayloadDecoder | undefined): Decoded {
  const id = schemaIdOf(bytes);
  if (id === null) return { reason: 'not in the wire format of a schema registry (a zero byte and a schema number)' };
  if (bytes.length > maxRowBytes) return { reason: `longer than ${maxRowBytes} bytes` };
  const decoder = decoderOf(id);
  if (decoder === undefined) return { reason: `schema ${id}: not loaded` };
  try {
    return { value: decoder(bytes.subarray(wireHeaderBytes)) };
  } catch (error) {
    if (error instanceof UndecodableValue) return { reason: `schema ${id}: ${error.reason}`, kept: error.kept };
    throw error;
  }
}
