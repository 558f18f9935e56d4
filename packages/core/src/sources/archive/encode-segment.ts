import { tombstoneLength, valueForms } from './archive-format.js';
import { columnsThatPrintBack, jointText } from './columns/columns-that-print-back.js';
import { packOffsets, packTimes, packUint32 } from './pack-numbers.js';
import type { PendingEvents } from './pending-events.js';
import type { SegmentRow } from './segment-row.js';

/** Makes a segment of pending events, at least one; with values as columns where they may and can be. Pure. */
export function encodeSegment(
  pending: PendingEvents,
  sequence: number,
  previousNext: number,
  columns: boolean,
): SegmentRow {
  const { offsets, times, headers } = pending;
  const { minTime, maxTime } = timeRange(times);
  return {
    sequence,
    previousNext,
    first: offsets[0] ?? 0,
    last: offsets[offsets.length - 1] ?? 0,
    events: offsets.length,
    minTime,
    maxTime,
    offsets: packOffsets(offsets),
    times: packTimes(times, minTime, maxTime),
    timeTypes: packTimeTypes(pending.timeTypes),
    ...packKeys(pending.keys),
    headers: headers.every((list) => list === null) ? null : Buffer.from(JSON.stringify(headers), 'utf8'),
    ...packValues(pending, columns),
  };
}

export function timeRange(times: ArrayLike<number>): {
  readonly minTime: number | null;
  readonly maxTime: number | null;
} {
  let min = Infinity;
  let max = -Infinity;
  for (let i = 0; i < times.length; i++) {
    const time = times[i] ?? NaN;
    if (time < min) min = time;
    if (time > max) max = time;
  }
  return min <= max ? { minTime: min, maxTime: max } : { minTime: null, maxTime: null };
}

/** One byte where all are alike, none where nobody knows, else one byte an event. */
function packTimeTypes(codes: readonly number[]): Buffer | null {
  const first = codes[0] ?? 0;
  if (codes.every((code) => code === first)) return first === 0 ? null : Buffer.of(first);
  return Buffer.from(codes);
}

/** Keys as a JSON list of texts and nulls; the exact bytes of keys that are not UTF-8 stand beside, by index. */
function packKeys(keys: PendingEvents['keys']): Pick<SegmentRow, 'keys' | 'binaryKeys'> {
  if (keys.every((key) => key === null)) return { keys: null, binaryKeys: null };
  if (keys.every((key) => key === null || typeof key === 'string')) {
    return { keys: Buffer.from(JSON.stringify(keys), 'utf8'), binaryKeys: null };
  }
  const binary: [index: number, base64: string][] = [];
  const texts = keys.map((key, index) => {
    if (key === null || typeof key === 'string') return key;
    const bytes = Buffer.from(key.buffer, key.byteOffset, key.byteLength);
    binary.push([index, bytes.toString('base64')]);
    return null;
  });
  return {
    keys: Buffer.from(JSON.stringify(texts), 'utf8'),
    binaryKeys: binary.length === 0 ? null : Buffer.from(JSON.stringify(binary), 'utf8'),
  };
}

type PackedValues = Pick<SegmentRow, 'valueForm' | 'valueLengths' | 'valueBytes'>;

function packValues({ values, parsed, exact }: PendingEvents, columns: boolean): PackedValues {
  if (values.some((value) => value !== null && typeof value !== 'string')) return packRawValues(values);
  const texts = values as readonly (string | null)[];
  const packed = columns
    ? columnsThatPrintBack(parsed ?? (JSON.parse(jointText(texts)) as unknown[]), texts, exact && parsed !== null)
    : null;
  return packed === null ? packJsonValues(texts) : packedColumns(texts, packed);
}

/** Lengths would say nothing but which events are tombstones. */
function packedColumns(values: readonly (string | null)[], valueBytes: Buffer): PackedValues {
  const lengths = values.map((value) => (value === null ? tombstoneLength : 0));
  return {
    valueForm: valueForms.columns,
    valueLengths: values.includes(null) ? packUint32(lengths) : Buffer.alloc(0),
    valueBytes,
  };
}

/** The original texts between commas and in brackets: not written again, so that each can be cut out as it was. */
function packJsonValues(values: readonly (string | null)[]): PackedValues {
  const text = jointText(values);
  const bytes = Buffer.from(text, 'utf8');
  const ascii = bytes.length === text.length;
  const lengths = values.map((value) =>
    value === null ? tombstoneLength : ascii ? value.length : Buffer.byteLength(value, 'utf8'),
  );
  return {
    valueForm: ascii ? valueForms.ascii : valueForms.json,
    valueLengths: packUint32(lengths),
    valueBytes: bytes,
  };
}

function packRawValues(values: PendingEvents['values']): PackedValues {
  const parts = values.map((value) => (typeof value === 'string' ? Buffer.from(value, 'utf8') : value));
  const lengths = parts.map((part) => (part === null ? tombstoneLength : part.length));
  return {
    valueForm: valueForms.bytes,
    valueLengths: packUint32(lengths),
    valueBytes: Buffer.concat(parts.filter((part) => part !== null)),
  };
}
