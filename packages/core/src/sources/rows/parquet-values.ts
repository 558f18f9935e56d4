import { isUtf8 } from 'node:buffer';
import type { ParquetParsers } from 'hyparquet';
import { mayLoseDigits } from '../../model/json/digit-scan.js';
import { InexactNumber } from '../../model/json/exact-number.js';
import { parseWithInexact } from '../../model/json/keep-digits.js';
import type { RowConversions } from './row-source.js';

/** The counts of RowConversions while they grow. */
export type PlainCounts = { -readonly [Count in keyof RowConversions]: RowConversions[Count] };

export function newPlainCounts(): PlainCounts {
  return { bigIntegersAsText: 0, binaryAsBase64: 0, nonFiniteAsNull: 0 };
}

/** Times as milliseconds with what is below as their fraction, texts checked for valid UTF-8 instead of patched. */
export function plainParsers(counts: PlainCounts): ParquetParsers {
  const text = (bytes: Uint8Array): string => {
    if (!isUtf8(bytes)) throw new Error('a text is not valid UTF-8');
    return asBuffer(bytes).toString('utf8');
  };
  return {
    timestampFromMilliseconds: (value) => Number(value),
    timestampFromMicroseconds: (value) => milliseconds(value, 1000n),
    timestampFromNanoseconds: (value) => milliseconds(value, 1_000_000n),
    dateFromDays: (days) => days * 86_400_000,
    stringFromBytes: (bytes: Uint8Array | undefined) => (bytes === undefined ? undefined : text(bytes)),
    jsonFromBytes: (bytes: Uint8Array | undefined) => (bytes === undefined ? undefined : parsedJson(text(bytes))),
    geometryFromBytes: (bytes: Uint8Array | undefined) => base64(bytes, counts),
    geographyFromBytes: (bytes: Uint8Array | undefined) => base64(bytes, counts),
    uuidFromBytes: (bytes: Uint8Array | undefined) => (bytes === undefined ? undefined : uuid(bytes)),
  };
}

/** Numbers that a double cannot give back are marked. */
function parsedJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  return mayLoseDigits(Buffer.from(text, 'utf8')) ? (parseWithInexact(text)?.value ?? value) : value;
}

/** A decoded value as plain JSON data. Binary values without a declared meaning are text where they are valid UTF-8. */
export function toPlain(value: unknown, counts: PlainCounts): unknown {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      if (Number.isFinite(value)) return value;
      counts.nonFiniteAsNull++;
      return null;
    case 'bigint': {
      const number = Number(value);
      if (Number.isSafeInteger(number)) return number;
      counts.bigIntegersAsText++;
      return value.toString();
    }
    case 'object':
      return value === null ? null : plainObject(value, counts);
    default:
      return null;
  }
}

function plainObject(value: object, counts: PlainCounts): unknown {
  if (value instanceof InexactNumber) return value;
  if (value instanceof Uint8Array) return isUtf8(value) ? asBuffer(value).toString('utf8') : base64(value, counts);
  if (value instanceof Date) return toPlain(value.getTime(), counts);
  if (Array.isArray(value)) return value.map((item: unknown) => toPlain(item, counts));
  if (ArrayBuffer.isView(value))
    return Array.from(value as unknown as ArrayLike<unknown>, (item) => toPlain(item, counts));
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, toPlain(item, counts)]));
}

/** With what is below a millisecond as the fraction. */
function milliseconds(value: bigint, unit: bigint): number {
  return Number(value / unit) + Number(value % unit) / Number(unit);
}

function base64(bytes: Uint8Array | undefined, counts: PlainCounts): string | undefined {
  if (bytes === undefined) return undefined;
  counts.binaryAsBase64++;
  return asBuffer(bytes).toString('base64');
}

function uuid(bytes: Uint8Array): string {
  return asBuffer(bytes)
    .toString('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
