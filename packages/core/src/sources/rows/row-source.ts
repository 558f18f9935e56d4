import type { RecoveryError } from '../../model/errors/recovery-error.js';
import type { PartitionPositionJson } from '../../model/position/position.js';
import type { LineBlock } from './line-block.js';

/**
 * Where a row stands in its file, for messages and for finding it again. `number` counts from 1: physical lines for
 * NDJSON, data rows (without the header) for CSV and Parquet. `byte` is the offset of its first byte in the content
 * (after decompression), null where the format does not tell.
 */
export interface RowPlace {
  readonly file: string;
  readonly unit: 'line' | 'row';
  readonly number: number;
  readonly byte: number | null;
}

/**
 * Where reading goes on: plain JSON that can be stored and given to `open` again, in this or another process. `rows` were
 * delivered before it, `lines` physical lines were passed (equal to `rows` where the format has no lines), and `byte` is
 * the offset in the content after decompression, null where the format does not tell.
 */
export interface RowPosition {
  readonly rows: number;
  readonly lines: number;
  readonly byte: number | null;
}

/** The position in front of the first row. */
export const startOfRows: RowPosition = { rows: 0, lines: 0, byte: 0 };

/** A bounded run of rows of one file, in file order. Valid for as long as somebody holds it. */
export interface RowBatch {
  readonly count: number;
  /** The parsed rows: plain JSON data. */
  readonly values: readonly unknown[];
  /**
   * Rows with a number that a double cannot give back; in its place stands an `InexactNumber`, which is no plain JSON data.
   * Null or absent where there are none.
   */
  readonly inexact?: ReadonlySet<number> | null;
  /** Columns that are times by their type: milliseconds since 1970, whatever unit the file has. Absent where there are none. */
  readonly timeColumns?: ReadonlySet<string>;
  /** The line exactly as it stands in the file, without its line end; null where the format has no such text. */
  text(index: number): string | null;
  /** The same as bytes; the text is valid UTF-8, so the two are interchangeable without loss. */
  bytes(index: number): Uint8Array | null;
  place(index: number): RowPlace;
  /** Where reading goes on behind this row. */
  positionAfter(index: number): RowPosition;
}

/** Reads the rows of one file in bounded batches. */
export interface RowReader {
  /**
   * The next batch, never empty; null after the last. Answers at once where it can (plain files).
   * @throws RecoveryError `unreadable-row` for a row that cannot be read, `size-limit-exceeded` for one above the
   *   limits; all rows before it were delivered.
   */
  next(): RowBatch | null | Promise<RowBatch | null>;
  /** The columns where the input states them apart from its rows, as a CSV header does; null as long as it has not. */
  readonly columns?: readonly string[] | null;
  /** What the service had read when the rows were so, where the input itself tells; null as long as it has not. */
  readonly position?: readonly PartitionPositionJson[] | null;
  /** Bytes of the file as it is stored that were read so far; with `RowSource.bytes` the progress. */
  readonly bytesRead: number;
  /** What was changed while converting to plain JSON data. */
  readonly conversions: RowConversions;
  /** Frees what the reader holds; safe to call twice and after the end. */
  close(): void;
}

/** Values that have no exact form in plain JSON data and were converted; none of it happens for NDJSON. */
export interface RowConversions {
  /** Integers above 2^53 - 1 that became text. */
  readonly bigIntegersAsText: number;
  /** Binary values that became base64 text. */
  readonly binaryAsBase64: number;
  /** NaN and infinities that became null. */
  readonly nonFiniteAsNull: number;
}

export const noConversions: RowConversions = { bigIntegersAsText: 0, binaryAsBase64: 0, nonFiniteAsNull: 0 };

/** A row that cannot be read, or that cannot become an event. */
export interface DamagedRow {
  readonly place: RowPlace;
  /** What reading it would have failed with. */
  readonly error: RecoveryError;
  /** The line as it stands in the file, without its line end; null where it is too long to keep, and where no line is. */
  readonly bytes: Uint8Array | null;
}

/** Is told of each damaged row, in the order of the file; reading then goes on behind it. */
export type OnDamagedRow = (damaged: DamagedRow) => void;

/** The rows of one file. */
export interface RowSource {
  readonly file: string;
  readonly format: RowFormat;
  readonly compression: RowCompression;
  /** Size of the file as it is stored. */
  readonly bytes: number;
  /**
   * Starts reading at the beginning or exactly behind the rows that an earlier reader delivered. With `onDamage`, rows that
   * cannot be read are told of and left out, where the format allows to go on behind them (lines do).
   */
  open(from?: RowPosition, onDamage?: OnDamagedRow): RowReader;
  /** The lines themselves, in blocks of about so many bytes, to be parsed elsewhere. Absent where rows are no lines. */
  openLines?(from: RowPosition, blockBytes: number): LineReader;
}

/** Reads the lines of one file. */
export interface LineReader {
  /** Null at the end; `unusual` where what follows must be read as rows: a line that is too long, or a document that is one array. */
  next(): LineBlock | 'unusual' | null | Promise<LineBlock | 'unusual' | null>;
  /** Bytes of the file as it is stored that were read so far. */
  readonly bytesRead: number;
  close(): void;
}

export type RowFormat = 'ndjson' | 'csv' | 'parquet';
export type RowCompression = 'none' | 'gzip' | 'zstd';

/** `flights.ndjson, line 17 (byte 3402)`. */
export function describeRowPlace(place: RowPlace): string {
  const byte = place.byte === null ? '' : ` (byte ${place.byte})`;
  return `${place.file}, ${place.unit} ${place.number}${byte}`;
}
