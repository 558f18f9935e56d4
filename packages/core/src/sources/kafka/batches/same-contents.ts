import { endOf, headersOf, keyOf, valueOf, type RecordColumns, type RecordHeaders } from './record-columns.js';

/**
 * Whether two records have the same key, value and headers. Nearly always their bytes are the same ones, and one comparison
 * tells; where they are not, the encoding of a number may be all that differs, and the parts are compared one by one.
 */
export function sameContents(one: RecordColumns, index: number, other: RecordColumns, otherIndex: number): boolean {
  const sameShape =
    one.keyLength[index] === other.keyLength[otherIndex] &&
    one.valueLength[index] === other.valueLength[otherIndex] &&
    one.headerCount[index] === other.headerCount[otherIndex];
  return sameShape && (sameBytes(one, index, other, otherIndex) || sameParts(one, index, other, otherIndex));
}

/** From the key to the last header. Behind keys of one length the same bytes can only mean the same. */
function sameBytes(one: RecordColumns, index: number, other: RecordColumns, otherIndex: number): boolean {
  const start = one.keyStart[index]!;
  const end = endOf(one, index);
  const otherStart = other.keyStart[otherIndex]!;
  const otherEnd = otherStart + end - start;
  const bytes = other.sources[otherIndex]!;
  return otherEnd <= bytes.length && one.sources[index]!.compare(bytes, otherStart, otherEnd, start, end) === 0;
}

function sameParts(one: RecordColumns, index: number, other: RecordColumns, otherIndex: number): boolean {
  return (
    samePart(keyOf(one, index), keyOf(other, otherIndex)) &&
    samePart(valueOf(one, index), valueOf(other, otherIndex)) &&
    sameHeaders(headersOf(one, index) ?? [], headersOf(other, otherIndex) ?? [])
  );
}

function samePart(one: Uint8Array | null, other: Uint8Array | null): boolean {
  return one === null || other === null ? one === other : Buffer.compare(one, other) === 0;
}

function sameHeaders(one: RecordHeaders, other: RecordHeaders): boolean {
  if (one.length !== other.length) return false;
  return one.every(([name, value], index) => name === other[index]?.[0] && samePart(value, other[index][1]));
}
