import { mayLoseDigits } from '../../model/json/digit-scan.js';
import { EventPage, type EventHeaders, type PageForThreads } from '../../model/log/event-page.js';
import { timeTypeCodes, type ArchiveEvent, type TimeType } from './archive-event.js';
import { tombstoneLength, valueForms } from './archive-format.js';
import { decodeColumns, decodeSegmentValues } from './decode-values.js';
import { unpackOffsets, unpackTimes, unpackUint32 } from './pack-numbers.js';
import type { SegmentRow } from './segment-row.js';

/** What a segment holds, unpacked except for the values. */
export interface SegmentContent {
  readonly row: SegmentRow;
  readonly offsets: Float64Array;
  readonly times: Float64Array;
  /** Unpacked on first use: much of what reads an archive needs the values alone. */
  readonly keys: () => readonly (string | null)[];
  /** Keys that are not UTF-8, by index; null when there are none. */
  readonly binaryKeys: ReadonlyMap<number, Buffer> | null;
  readonly headers: readonly (EventHeaders | null)[] | null;
  readonly valueLengths: Uint32Array;
  /** Where each value begins in `row.valueBytes`, where it stands there as text or bytes; computed on first use. */
  readonly valueStarts: () => Float64Array;
  /** Each value was parsed when it was written, and no number in it can have lost digits. Computed on first use. */
  readonly isExactJson: () => boolean;
  /** The text of a value that stands in columns. */
  readonly columnText: (index: number) => string;
}

/** Unpacks a segment whose hash was checked; null when its columns contradict each other. */
export function segmentContent(row: SegmentRow): SegmentContent | null {
  const offsets = unpackOffsets(row.offsets, row.first, row.events);
  const times = unpackTimes(row.times, row.minTime, row.events);
  const valueLengths = valueLengthsOf(row);
  if (offsets === null || times === null || valueLengths === null) return null;
  let starts: Float64Array | undefined;
  let keys: readonly (string | null)[] | undefined;
  let exact: boolean | undefined;
  let values: readonly unknown[] | null | undefined;
  return {
    row,
    offsets,
    times,
    keys: () => (keys ??= readKeys(row)),
    binaryKeys: row.binaryKeys === null ? null : readBinaryKeys(row.binaryKeys),
    headers: row.headers === null ? null : (JSON.parse(row.headers.toString('utf8')) as (EventHeaders | null)[]),
    valueLengths,
    valueStarts: () => (starts ??= startsOf(row, valueLengths)),
    isExactJson() {
      // Columns were seen to print back, so no number in them loses digits.
      if (row.valueForm === valueForms.columns) return (values ??= decodeColumns(row)) !== null;
      starts ??= startsOf(row, valueLengths);
      return (exact ??= fillsItsText(row, valueLengths, starts) && !mayLoseDigits(row.valueBytes));
    },
    columnText: (index) => JSON.stringify((values ??= decodeColumns(row))?.[index] ?? null),
  };
}

/** Columns need no lengths but to tell tombstones; where there are none, nothing is stored. */
function valueLengthsOf({ valueForm, valueLengths, events }: SegmentRow): Uint32Array | null {
  const none = valueForm === valueForms.columns && valueLengths.length === 0;
  return none ? new Uint32Array(events) : unpackUint32(valueLengths, events);
}

function startsOf(row: SegmentRow, lengths: Uint32Array): Float64Array {
  const json = row.valueForm !== valueForms.bytes;
  const starts = new Float64Array(lengths.length);
  let at = json ? 1 : 0; // behind the bracket
  for (let i = 0; i < lengths.length; i++) {
    starts[i] = at;
    const length = lengths[i] ?? 0;
    // In a JSON text a tombstone stands as null, and a comma behind every value.
    at += (length === tombstoneLength ? (json ? 4 : 0) : length) + (json ? 1 : 0);
  }
  return starts;
}

/** The values stand in the text of one JSON array, and the lengths of all of them come to its end. */
function fillsItsText(
  { valueForm, valueBytes, events }: SegmentRow,
  lengths: Uint32Array,
  starts: Float64Array,
): boolean {
  if (valueForm === valueForms.bytes || events === 0) return false;
  const last = lengths[events - 1] ?? 0;
  return (starts[events - 1] ?? 0) + (last === tombstoneLength ? 4 : last) + 1 === valueBytes.length;
}

/**
 * A page of the events from index `from` to before `to`. `broken` makes the error for values that do not fit the columns,
 * `forThreads` what another thread makes the page of.
 */
export function segmentPage(
  content: SegmentContent,
  from: number,
  to: number,
  { broken, forThreads }: { readonly broken: () => Error; readonly forThreads?: () => PageForThreads | null },
): EventPage {
  const whole = from === 0 && to === content.row.events;
  const decode = () => {
    const decoded = decodeSegmentValues(content.row, content.valueLengths);
    if (decoded === null) throw broken();
    return decoded;
  };
  const cut = <T>(column: readonly T[]): readonly T[] => (whole ? column : column.slice(from, to));
  return new EventPage({
    offsets: whole ? content.offsets : content.offsets.subarray(from, to),
    timestamps: whole ? content.times : content.times.subarray(from, to),
    get keys() {
      return cut(content.keys());
    },
    headers: content.headers === null ? null : cut(content.headers),
    decodeValues() {
      if (whole) return decode();
      const { values, undecodable, inexact } = decode();
      return {
        values: values.slice(from, to),
        undecodable: cutMap(undecodable, from, to),
        inexact: cutMap(inexact ?? null, from, to),
      };
    },
    valueBytes: (index) => storedValue(content, from + index),
    isExactJson: () => content.isExactJson(),
    valueText: (index) => storedText(content, from + index),
    valueLength: (index) => storedLength(content, from + index),
    keyBytes: (index) => storedKey(content, from + index),
    ...(forThreads !== undefined && { forThreads }),
  });
}

/** The entries of a range, under their index in it; null where there are none. */
function cutMap<T>(byIndex: ReadonlyMap<number, T> | null, from: number, to: number): ReadonlyMap<number, T> | null {
  const cut = [...(byIndex ?? [])].filter(([i]) => i >= from && i < to).map(([i, entry]) => [i - from, entry] as const);
  return cut.length === 0 ? null : new Map(cut);
}

/** The bytes of a value exactly as they were given to the archive; null for a tombstone. */
export function storedValue(content: SegmentContent, index: number): Buffer | null {
  const length = content.valueLengths[index] ?? tombstoneLength;
  if (length === tombstoneLength) return null;
  if (content.row.valueForm === valueForms.columns) return Buffer.from(content.columnText(index), 'utf8');
  const at = content.valueStarts()[index] ?? 0;
  return content.row.valueBytes.subarray(at, at + length);
}

function storedText(content: SegmentContent, index: number): string | null {
  const { row, valueLengths } = content;
  const length = valueLengths[index] ?? tombstoneLength;
  if (length === tombstoneLength) return null;
  if (row.valueForm === valueForms.columns) return content.columnText(index);
  const at = content.valueStarts()[index] ?? 0;
  return row.valueBytes.toString(row.valueForm === valueForms.ascii ? 'latin1' : 'utf8', at, at + length);
}

/** Of values in columns, about: they take a quarter of their text at the least. */
function storedLength({ row, valueLengths }: SegmentContent, index: number): number {
  if (row.valueForm === valueForms.columns) return Math.ceil((row.valueBytes.length * 4) / row.events);
  const length = valueLengths[index] ?? tombstoneLength;
  return length === tombstoneLength ? 0 : length;
}

function storedKey(content: SegmentContent, index: number): Buffer | null {
  const binary = content.binaryKeys?.get(index);
  if (binary !== undefined) return binary;
  const text = content.keys()[index] ?? null;
  return text === null ? null : Buffer.from(text, 'utf8');
}

export function storedTimeType(content: SegmentContent, index: number): TimeType | null {
  const codes = content.row.timeTypes;
  return timeTypeCodes[codes === null ? 0 : ((codes.length === 1 ? codes[0] : codes[index]) ?? 0)] ?? null;
}

export function storedEvent(content: SegmentContent, index: number): ArchiveEvent {
  return {
    offset: content.offsets[index] ?? 0,
    time: content.times[index] ?? NaN,
    timeType: storedTimeType(content, index),
    key: content.binaryKeys?.get(index) ?? content.keys()[index] ?? null,
    headers: content.headers?.[index] ?? null,
    value: storedValue(content, index),
  };
}

function readBinaryKeys(column: Buffer): ReadonlyMap<number, Buffer> {
  const entries = JSON.parse(column.toString('utf8')) as [index: number, base64: string][];
  return new Map(entries.map(([index, base64]) => [index, Buffer.from(base64, 'base64')]));
}

function readKeys(row: SegmentRow): readonly (string | null)[] {
  if (row.keys === null) return new Array<null>(row.events).fill(null);
  return JSON.parse(row.keys.toString('utf8')) as (string | null)[];
}
