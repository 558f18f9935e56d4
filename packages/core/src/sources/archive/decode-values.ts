import { isUtf8 } from 'node:buffer';
import { DigitScan, mayLoseDigits, nextSuspect } from '../../model/json/digit-scan.js';
import { keepDigits, reasonOfInexact, type KeptDigits } from '../../model/json/keep-digits.js';
import type { DecodedValues } from '../../model/log/event-page.js';
import { tombstoneLength, valueForms } from './archive-format.js';
import { assembleValues } from './columns/assemble-values.js';
import { unpackColumns } from './columns/unpack-columns.js';
import type { SegmentRow } from './segment-row.js';

/**
 * All values of a segment at once where each of them was parsed alone when it was written, else one by one. Null when the
 * segment does not hold what its columns say.
 */
export function decodeSegmentValues(row: SegmentRow, lengths: Uint32Array): DecodedValues | null {
  if (row.valueForm === valueForms.bytes) return decodeOneByOne(row.valueBytes, lengths);
  if (row.valueForm !== valueForms.columns) return decodeTogether(row, lengths);
  const values = decodeColumns(row);
  // Every number among them was seen to print back: none loses digits.
  return values === null ? null : { values, undecodable: null };
}

/** The values of a segment that stand in columns, those of tombstones null; null when they are not as many as the events. */
export function decodeColumns({ valueBytes, events }: SegmentRow): unknown[] | null {
  const columns = unpackColumns(valueBytes);
  return columns?.count === events ? assembleValues(columns) : null;
}

function decodeTogether(row: SegmentRow, lengths: Uint32Array): DecodedValues | null {
  const { valueBytes, valueForm, events } = row;
  const text = valueForm === valueForms.ascii ? valueBytes.toString('latin1') : valueBytes.toString('utf8');
  const values: unknown = JSON.parse(text);
  // A tombstone stands in the text as null and so is null here too.
  if (!Array.isArray(values) || values.length !== events) return null;
  return inexactTogether(values, valueBytes, lengths) ?? { values, undecodable: null };
}

/** Values that stand one behind the other, between commas and in brackets; null when no number in them loses digits. */
function inexactTogether(values: unknown[], bytes: Buffer, lengths: Uint32Array): DecodedValues | null {
  const scan = new DigitScan(bytes);
  const inexact = new Map<number, KeptDigits>();
  let index = 0;
  let begin = 1;
  for (let suspect = nextSuspect(scan, bytes, 0, bytes.length); suspect >= 0;) {
    let end = begin + textLength(lengths[index]);
    while (end <= suspect && index < lengths.length) {
      index++;
      begin = end + 1;
      end = begin + textLength(lengths[index]);
    }
    const kept = keepDigits(bytes.toString('utf8', begin, end));
    if (kept !== null) {
      inexact.set(index, kept);
      values[index] = undefined;
    }
    suspect = nextSuspect(scan, bytes, end, bytes.length);
  }
  if (inexact.size === 0) return null;
  const undecodable = new Map([...inexact].map(([at, kept]) => [at, reasonOfInexact(kept)]));
  return { values, undecodable, inexact };
}

/** A tombstone stands as null. */
function textLength(length: number | undefined): number {
  return length === undefined || length === tombstoneLength ? 4 : length;
}

function decodeOneByOne(bytes: Buffer, lengths: Uint32Array): DecodedValues {
  const values: unknown[] = [];
  const undecodable = new Map<number, string>();
  const inexact = new Map<number, KeptDigits>();
  let at = 0;
  for (let i = 0; i < lengths.length; i++) {
    const length = lengths[i] ?? tombstoneLength;
    if (length === tombstoneLength) {
      values.push(null);
      continue;
    }
    const decoded = decodeValue(bytes.subarray(at, at + length));
    if ('reason' in decoded && decoded.kept !== undefined) inexact.set(i, decoded.kept);
    if ('reason' in decoded) undecodable.set(i, decoded.reason);
    values.push('reason' in decoded ? undefined : decoded.value);
    at += length;
  }
  return {
    values,
    undecodable: undecodable.size === 0 ? null : undecodable,
    inexact: inexact.size === 0 ? null : inexact,
  };
}

type Decoded = { readonly value: unknown } | { readonly reason: string; readonly kept?: KeptDigits };

/** The parser's own message quotes the value and so is not used: reasons are shown and stored. */
function decodeValue(bytes: Buffer): Decoded {
  if (bytes.length === 0) return { reason: 'empty' };
  if (!isUtf8(bytes)) return { reason: 'not valid UTF-8' };
  const text = bytes.toString('utf8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { reason: 'not JSON' };
  }
  const kept = mayLoseDigits(bytes) ? keepDigits(text) : null;
  return kept === null ? { value } : { reason: reasonOfInexact(kept), kept };
}
