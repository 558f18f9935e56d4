import { countNegativeZeros } from '../../model/json/plain-json.js';
import type { EventPage } from '../../model/log/event-page.js';
import { columnsOf } from '../../sources/archive/columns/value-columns.js';
import { packColumns } from '../../sources/archive/columns/pack-columns.js';
import type { HandedBytes, HandedColumns, HandedPage, HandedValues } from './handed-page.js';

/** A page made ready to cross threads: buffers in `transfer` move and are not copied. */
interface PageToSend {
  readonly page: HandedPage;
  readonly transfer: readonly ArrayBuffer[];
  /** What it takes in memory, about. */
  readonly bytes: number;
}

/**
 * Decodes a page and makes it ready. The page is not to be used any more.
 * @param withBytes hand over the bytes of values too: a copy of all of them
 */
export function handOverPage(page: EventPage, withBytes: boolean): PageToSend {
  const asInLog = page.forThreads();
  if (asInLog !== null) {
    const { transfer, ...rest } = asInLog;
    return { page: { as: 'in-log', ...rest }, transfer, bytes: sizeOf(transfer) };
  }
  const values = handOverValues(page);
  const valueBytes = withBytes ? joinValueBytes(page) : null;
  const handed: HandedColumns = {
    as: 'columns',
    offsets: Float64Array.from(page.offsets),
    timestamps: Float64Array.from(page.timestamps),
    ...handOverKeys(page),
    headers: page.headers === null ? null : JSON.stringify(page.headers),
    values,
    valueBytes,
    isExactJson: page.isExactJson,
  };
  const moved = [
    handed.offsets,
    handed.timestamps,
    ...(valueBytes === null ? [] : [valueBytes.bytes, valueBytes.lengths]),
    ...(values.as === 'packed' ? [values.columns] : []),
  ];
  const transfer = moved.map(({ buffer }) => buffer as ArrayBuffer);
  const texts = (handed.keys?.length ?? 0) + (handed.headers?.length ?? 0);
  return { page: handed, transfer, bytes: sizeOf(transfer) + texts + sizeOfValues(page, values) };
}

function sizeOf(buffers: readonly ArrayBuffer[]): number {
  return buffers.reduce((sum, { byteLength }) => sum + byteLength, 0);
}

/** Of what is not in a buffer. */
function sizeOfValues(page: EventPage, values: HandedValues): number {
  if (values.as === 'packed') return 0;
  if (values.as === 'text') return values.text.length;
  let length = 0;
  for (let index = 0; index < page.count; index++) length += page.valueLength(index);
  return length;
}

function handOverKeys(page: EventPage): Pick<HandedColumns, 'keys' | 'binaryKeys'> {
  const { keys } = page;
  const binaryKeys = new Map<number, Uint8Array>();
  let texts = 0;
  for (let index = 0; index < page.count; index++) {
    if (keys[index] !== null) {
      texts++;
      continue;
    }
    const bytes = page.keyBytes(index);
    if (bytes !== null) binaryKeys.set(index, Uint8Array.from(bytes));
  }
  return {
    keys: texts === 0 ? null : JSON.stringify(keys),
    binaryKeys: binaryKeys.size === 0 ? null : binaryKeys,
  };
}

/** Only what comes back from JSON as it was is handed over so: a -0 would not, nor what is no JSON at all. */
function handOverValues(page: EventPage): HandedValues {
  const { values, undecodable, inexact } = page;
  const isPlain = undecodable === null && inexact === null && values.every((value) => countNegativeZeros(value) === 0);
  if (!isPlain) return { as: 'values', values, undecodable, inexact };
  const columns = columnsOf(values);
  if (columns === null) return { as: 'text', text: JSON.stringify(values) };
  return { as: 'packed', columns: ownBuffer(packColumns(columns)) };
}

function joinValueBytes(page: EventPage): HandedBytes {
  const lengths = new Int32Array(page.count);
  const parts: (Uint8Array | null)[] = [];
  let total = 0;
  for (let index = 0; index < page.count; index++) {
    const part = page.valueBytes(index);
    parts.push(part);
    lengths[index] = part === null ? -1 : part.length;
    total += part?.length ?? 0;
  }
  const bytes = new Uint8Array(total);
  let at = 0;
  for (const part of parts) {
    if (part === null) continue;
    bytes.set(part, at);
    at += part.length;
  }
  return { bytes, lengths };
}

/** A small `Buffer` lies in memory that it shares with others, and that cannot move to another thread. */
function ownBuffer(bytes: Buffer): Uint8Array {
  return bytes.length === bytes.buffer.byteLength ? bytes : Uint8Array.from(bytes);
}
