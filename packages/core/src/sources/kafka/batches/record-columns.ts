import { isUtf8 } from 'node:buffer';
import type { EventHeaders, HeaderValue } from '../../../model/log/event-page.js';
import type { TimeType } from '../../archive/archive-event.js';
import { VarintReader } from './varint-reader.js';

/** The headers of a record in their order; a name may occur more than once. */
export type RecordHeaders = readonly (readonly [name: string, value: Uint8Array | null])[];

/**
 * Records column by column, one index for each record. Keys, values and headers stay where they were read: in the buffer of
 * the Fetch response, or in that of their decompressed batch, which is kept as long as its records are.
 */
export class RecordColumns {
  readonly offsets: number[] = [];
  /** In milliseconds; NaN where the record has none. */
  readonly times: number[] = [];
  readonly timeTypes: TimeType[] = [];
  /** The buffer that each record lies in. */
  readonly sources: Buffer[] = [];
  readonly keyStart: number[] = [];
  /** -1 for a record without a key. */
  readonly keyLength: number[] = [];
  readonly valueStart: number[] = [];
  /** -1 for a tombstone. */
  readonly valueLength: number[] = [];
  /** Where the first header begins; without meaning where there is none. */
  readonly headersStart: number[] = [];
  readonly headerCount: number[] = [];

  /** How many records there are. */
  get length(): number {
    return this.offsets.length;
  }

  /** True where any record has headers. */
  get hasHeaders(): boolean {
    return this.headerCount.some((count) => count > 0);
  }

  /** Size of keys and values, in bytes. */
  get bytes(): number {
    let bytes = 0;
    for (let index = 0; index < this.length; index++) {
      bytes += Math.max(0, this.keyLength[index]!) + Math.max(0, this.valueLength[index]!);
    }
    return bytes;
  }

  /** Keeps the first `length` records. */
  truncate(length: number): void {
    this.offsets.length = length;
    this.times.length = length;
    this.timeTypes.length = length;
    this.sources.length = length;
    this.keyStart.length = length;
    this.keyLength.length = length;
    this.valueStart.length = length;
    this.valueLength.length = length;
    this.headersStart.length = length;
    this.headerCount.length = length;
  }
}

/** The key of a record, a view and no copy; null where it has none. */
export function keyOf(columns: RecordColumns, index: number): Buffer | null {
  const length = columns.keyLength[index] ?? -1;
  return length < 0 ? null : view(columns, index, columns.keyStart[index]!, length);
}

/** The value of a record, a view and no copy; null for a tombstone. */
export function valueOf(columns: RecordColumns, index: number): Buffer | null {
  const length = columns.valueLength[index] ?? -1;
  return length < 0 ? null : view(columns, index, columns.valueStart[index]!, length);
}

/** Decodes the headers of a record, their values as views; null where it has none. They were checked with the record. */
export function headersOf(columns: RecordColumns, index: number): RecordHeaders | null {
  const count = columns.headerCount[index] ?? 0;
  const source = columns.sources[index];
  if (count === 0 || source === undefined) return null;
  const reader = new VarintReader(source, columns.headersStart[index]!, source.length);
  const headers: [string, Uint8Array | null][] = [];
  for (let i = 0; i < count; i++) {
    const nameLength = reader.int();
    const name = source.toString('utf8', reader.at, reader.at + nameLength);
    reader.skip(nameLength);
    const length = reader.int();
    headers.push([name, length < 0 ? null : source.subarray(reader.at, reader.at + length)]);
    if (length > 0) reader.skip(length);
  }
  return headers;
}

/** The value of the first header of a name, a view; null where there is none, or it holds nothing. Decodes no other header. */
export function headerOf(columns: RecordColumns, index: number, name: Buffer): Buffer | null {
  const { start, length } = findHeader(columns, index, name, { start: 0, length: -1 });
  return length < 0 ? null : view(columns, index, start, length);
}

/** The same without a view: where it stands in the record's buffer; length -1 where `headerOf` gives null. */
export function findHeader(
  columns: RecordColumns,
  index: number,
  name: Buffer,
  found: { start: number; length: number },
): { readonly start: number; readonly length: number } {
  const source = columns.sources[index]!;
  const reader = new VarintReader(source, columns.headersStart[index]!, source.length);
  for (let i = columns.headerCount[index]!; i > 0; i--) {
    const nameLength = reader.int();
    const nameStart = reader.at;
    reader.skip(nameLength);
    const length = reader.int();
    if (nameLength === name.length && standsAt(source, nameStart, name)) {
      found.start = reader.at;
      found.length = length;
      return found;
    }
    if (length > 0) reader.skip(length);
  }
  found.length = -1;
  return found;
}

/** Names are short: a loop is cheaper than a call. */
function standsAt(source: Buffer, start: number, name: Buffer): boolean {
  for (let index = 0; index < name.length; index++) if (source[start + index] !== name[index]) return false;
  return true;
}

/** Where a record ends in its buffer: behind its last header. */
export function endOf(columns: RecordColumns, index: number): number {
  const source = columns.sources[index]!;
  const reader = new VarintReader(source, columns.headersStart[index]!, source.length);
  for (let i = columns.headerCount[index]!; i > 0; i--) {
    reader.skip(reader.int());
    const length = reader.int();
    if (length > 0) reader.skip(length);
  }
  return reader.at;
}

function view(columns: RecordColumns, index: number, start: number, length: number): Buffer {
  return columns.sources[index]!.subarray(start, start + length);
}

/** A key as text; null where there is none, and where it is not UTF-8. */
export function keyTextOf(columns: RecordColumns, index: number): string | null {
  const length = columns.keyLength[index]!;
  if (length < 0) return null;
  const start = columns.keyStart[index]!;
  return textBetween(columns.sources[index]!, start, start + length);
}

/** Stands in a text for what was not UTF-8, and seldom for itself. */
const replacement = '\ufffd';

/** A part of a buffer as text; null where it is not UTF-8. */
export function textBetween(bytes: Buffer, from: number, to: number): string | null {
  const text = bytes.toString('utf8', from, to);
  return text.includes(replacement) && !isUtf8(bytes.subarray(from, to)) ? null : text;
}

/** The headers as those of an event: text, or base64 for bytes that are none; null where there is none. */
export function eventHeadersOf(columns: RecordColumns, index: number): EventHeaders | null {
  return headersOf(columns, index)?.map(([name, value]) => [name, headerValue(value)] as const) ?? null;
}

function headerValue(value: Uint8Array | null): HeaderValue {
  if (value === null) return null;
  const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  return isUtf8(bytes) ? bytes.toString('utf8') : { base64: bytes.toString('base64') };
}
