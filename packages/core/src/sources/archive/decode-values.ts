import { isUtf8 } from 'node:buffer';
import type { DecodedValues } from '../../model/log/event-page.js';
import { tombstoneLength, valueForms } from './archive-format.js';
import type { SegmentRow } from './segment-row.js';

/**
 * All values of a segment at once where each of them was parsed alone when it was written, else one by one. Null when the
 * segment does not hold what its columns say.
 */
export function decodeSegmentValues(row: SegmentRow, lengths: Uint32Array): DecodedValues | null {
  return row.valueForm === valueForms.bytes ? decodeOneByOne(row.valueBytes, lengths) : decodeTogether(row);
}

function decodeTogether(row: SegmentRow): DecodedValues | null {
  const { valueBytes, valueForm, events } = row;
  const text = valueForm === valueForms.ascii ? valueBytes.toString('latin1') : valueBytes.toString('utf8');
  const values: unknown = JSON.parse(text);
  // A tombstone stands in the text as null and so is null here too.
  return Array.isArray(values) && values.length === events ? { values, undecodable: null } : null;
}

function decodeOneByOne(bytes: Buffer, lengths: Uint32Array): DecodedValues {
  const values: unknown[] = [];
  const undecodable = new Map<number, string>();
  let at = 0;
  for (let i = 0; i < lengths.length; i++) {
    const length = lengths[i] ?? tombstoneLength;
    if (length === tombstoneLength) {
      values.push(null);
      continue;
    }
    const decoded = decodeValue(bytes.subarray(at, at + length));
    if ('reason' in decoded) undecodable.set(i, decoded.reason);
    values.push('reason' in decoded ? undefined : decoded.value);
    at += length;
  }
  return { values, undecodable: undecodable.size === 0 ? null : undecodable };
}

/** The parser's own message quotes the value and so is not used: reasons are shown and stored. */
function decodeValue(bytes: Buffer): { readonly value: unknown } | { readonly reason: string } {
  if (bytes.length === 0) return { reason: 'empty' };
  if (!isUtf8(bytes)) return { reason: 'not valid UTF-8' };
  try {
    return { value: JSON.parse(bytes.toString('utf8')) as unknown };
  } catch {
    return { reason: 'not JSON' };
  }
}
