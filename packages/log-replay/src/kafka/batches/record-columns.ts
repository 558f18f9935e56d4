import { isUtf8 } from 'node:buffer';
import type { EventHeaders, HeaderValue } from '@eventmend/core';
import type { TimeType } from '../../archive/archive-event.js';
import { VarintReader } from './varint-reader.js';

/** A key, value or header list that is not there. */
const none = -1;

/**
 * Records of one partition in columns. Keys, values and headers are places in the bytes that they came in; nothing is made
 * of them before somebody asks.
 */
export class RecordColumns {
  count = 0;
  /** Size of keys and values, in bytes. */
  bytes = 0;
  readonly offsets: number[] = [];
  /** Milliseconds since 1970; NaN where the record has none. */
  readonly times: number[] = [];
  readonly timeTypes: TimeType[] = [];
  /** The bytes that each record stands in: those of the answer, or of a batch that was unpacked. */
  readonly sources: Buffer[] = [];
  readonly keyStarts: number[] = [];
  /** -1 for none. */
  readonly keyLengths: number[] = [];
  readonly valueStarts: number[] = [];
  /** -1 for a tombstone. */
  readonly valueLengths: number[] = [];
  /** Where the list of headers begins, at its count; -1 for none. */
  readonly headerStarts: number[] = [];
  /** True where any record has headers. */
  hasHeaders = false;

  /** Adds a record whose parts are buffers of their own. Headers of one name stay in their order. */
  add(
    offset: number,
    time: number,
    timeType: TimeType,
    key: Buffer | null,
    value: Buffer | null,
    headers: readonly (readonly [name: string, value: Uint8Array | null])[],
  ): void {
    const packed = headers.length === 0 ? null : packHeaders(headers);
    const source = Buffer.concat([key ?? empty, value ?? empty, packed ?? empty]);
    const keyLength = key?.length ?? 0;
    const valueLength = value?.length ?? 0;
    this.place(offset, time, timeType, source);
    this.keyStarts.push(0);
    this.keyLengths.push(key === null ? none : keyLength);
    this.valueStarts.push(keyLength);
    this.valueLengths.push(value === null ? none : valueLength);
    this.headerStarts.push(packed === null ? none : keyLength + valueLength);
    this.bytes += keyLength + valueLength;
    if (packed !== null) this.hasHeaders = true;
  }

  /** Begins a record: the caller fills the columns of places. */
  place(offset: number, time: number, timeType: TimeType, source: Buffer): void {
    this.count++;
    this.offsets.push(offset);
    this.times.push(time < 0 ? NaN : time);
    this.timeTypes.push(timeType);
    this.sources.push(source);
  }

  /** The bytes of a key; null where there is none. */
  key(index: number): Buffer | null {
    return this.#part(index, this.keyStarts, this.keyLengths);
  }

  /** A key as text; null where there is none, and where it is not UTF-8. */
  keyText(index: number): string | null {
    const length = this.keyLengths[index] as number;
    if (length < 0) return null;
    const start = this.keyStarts[index] as number;
    return textBetween(this.sources[index] as Buffer, start, start + length);
  }

  /** The bytes of a value; null for a tombstone. */
  value(index: number): Buffer | null {
    return this.#part(index, this.valueStarts, this.valueLengths);
  }

  /** Null for none. Bytes that are not UTF-8 stand as base64. */
  headers(index: number): EventHeaders | null {
    const start = this.headerStarts[index] ?? none;
    if (start < 0) return null;
    const bytes = this.sources[index] as Buffer;
    const reader = new VarintReader(bytes, start, bytes.length);
    const count = reader.next();
    const headers: [string, HeaderValue][] = [];
    for (let at = 0; at < count; at++) {
      const name = reader.slice(reader.next());
      const length = reader.next();
      headers.push([name.toString('utf8'), length < 0 ? null : headerValue(reader.slice(length))]);
    }
    return headers;
  }

  #part(index: number, starts: readonly number[], lengths: readonly number[]): Buffer | null {
    const length = lengths[index] ?? none;
    if (length < 0) return null;
    const start = starts[index] as number;
    return (this.sources[index] as Buffer).subarray(start, start + length);
  }
}

/** Stands in a text for what was not UTF-8, and seldom for itself. */
const replacement = '\ufffd';

/** A part of a buffer as text; null where it is not UTF-8. */
export function textBetween(bytes: Buffer, from: number, to: number): string | null {
  const text = bytes.toString('utf8', from, to);
  return text.includes(replacement) && !isUtf8(bytes.subarray(from, to)) ? null : text;
}

const empty = Buffer.alloc(0);

function headerValue(bytes: Buffer): HeaderValue {
  return isUtf8(bytes) ? bytes.toString('utf8') : { base64: bytes.toString('base64') };
}

/** As a record holds them: a count, then names and values by length, in zigzag varints. */
function packHeaders(headers: readonly (readonly [name: string, value: Uint8Array | null])[]): Buffer {
  const parts: Uint8Array[] = [zigzag(headers.length)];
  for (const [name, value] of headers) {
    const bytes = Buffer.from(name, 'utf8');
    parts.push(zigzag(bytes.length), bytes, zigzag(value === null ? -1 : value.length), value ?? empty);
  }
  return Buffer.concat(parts);
}

function zigzag(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value < 0 ? -2 * value - 1 : 2 * value;
  while (rest > 0x7f) {
    bytes.push((rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  return Buffer.from([...bytes, rest]);
}
