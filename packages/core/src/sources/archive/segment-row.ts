import type { PartitionId } from '../../model/log/partition-id.js';

/** A segment as it stands in its table, without `id` and `partition_ref`. Numbers that SQLite calls NULL are null. */
export interface SegmentRow {
  /** Position among the segments of its partition, from 0. */
  readonly sequence: number;
  /** One past the last offset of the segment before it, -1 for the first: a reader notices a segment that is not there. */
  readonly previousNext: number;
  readonly first: number;
  readonly last: number;
  readonly events: number;
  readonly minTime: number | null;
  readonly maxTime: number | null;
  /** See `valueForms`. */
  readonly valueForm: number;
  readonly offsets: Buffer | null;
  readonly times: Buffer | null;
  readonly timeTypes: Buffer | null;
  readonly keys: Buffer | null;
  readonly binaryKeys: Buffer | null;
  readonly headers: Buffer | null;
  readonly valueLengths: Buffer;
  readonly valueBytes: Buffer;
}

/** The columns of `segmentColumns` in this order, as better-sqlite3 gives them in raw mode. */
export type RawSegment = readonly [
  sequence: number,
  previousNext: number,
  first: number,
  last: number,
  events: number,
  minTime: number | null,
  maxTime: number | null,
  valueForm: number,
  offsets: Buffer | null,
  times: Buffer | null,
  timeTypes: Buffer | null,
  keys: Buffer | null,
  binaryKeys: Buffer | null,
  headers: Buffer | null,
  valueLengths: Buffer,
  valueBytes: Buffer,
  sha256: Buffer,
];

export const segmentColumns = [
  'sequence',
  'previous_next',
  'first_offset',
  'last_offset',
  'events',
  'min_time',
  'max_time',
  'value_form',
  'offsets',
  'times',
  'time_types',
  'keys',
  'binary_keys',
  'headers',
  'value_lengths',
  'value_bytes',
  'sha256',
].join(', ');

/** The raw columns with names. */
export function segmentRow(raw: RawSegment): SegmentRow {
  const [sequence, previousNext, first, last, events, minTime, maxTime, valueForm, ...blobs] = raw;
  const [offsets, times, timeTypes, keys, binaryKeys, headers, valueLengths, valueBytes] = blobs;
  return {
    sequence,
    previousNext,
    first,
    last,
    events,
    minTime,
    maxTime,
    valueForm,
    offsets,
    times,
    timeTypes,
    keys,
    binaryKeys,
    headers,
    valueLengths,
    valueBytes,
  };
}

/** Whose segment it is goes into its hash, so that a segment under another partition does not pass. */
export function partitionIdentity(id: PartitionId): readonly unknown[] {
  return [id.source, id.topic, id.incarnation, id.partition];
}
