import { isUtf8 } from 'node:buffer';
import { RecoveryError } from '../../model/errors/recovery-error.js';
import { arrayBatch } from './array-batch.js';
import { defaultChunkBytes, fileBytes, openByteChunks, type ByteChunks } from './byte-chunks.js';
import { csvRecords, type CsvRecord, type CsvRecords } from './csv-records.js';
import { defineField } from './define-field.js';
import { endOfValidLines } from './end-of-valid-lines.js';
import { cutIntoLineBlocks } from './line-blocks.js';
import { rowTooLarge } from './row-limits.js';
import { maxRowBytes } from '../../model/json/value-limits.js';
import {
  describeRowPlace,
  noConversions,
  startOfRows,
  type RowBatch,
  type RowCompression,
  type RowPlace,
  type RowPosition,
  type RowReader,
  type RowSource,
} from './row-source.js';

export interface CsvRowOptions {
  readonly compression?: RowCompression;
  /** One character between fields, `,` by default. */
  readonly delimiter?: string;
  /** Names of the columns, for a file without a header row. */
  readonly columns?: readonly string[];
  readonly chunkBytes?: number;
}

/**
 * Rows of a CSV file with a header row. Every field is text, exactly as the file has it: what it means is for the
 * mapping and the worker to say. Reading on from a position reads the file from its beginning and skips.
 * @throws RecoveryError `file-unavailable` when the file cannot be opened.
 */
export function csvRows(file: string, options: CsvRowOptions = {}): RowSource {
  return {
    file,
    format: 'csv',
    compression: options.compression ?? 'none',
    bytes: fileBytes(file),
    open: (from = startOfRows) => {
      const chunks = openByteChunks(file, options.compression ?? 'none', 0, options.chunkBytes ?? defaultChunkBytes);
      return readCsv(file, chunks, options, from);
    },
  };
}

/** Reads CSV from the pieces of a whole content; `file` names it in messages. */
export function readCsv(
  file: string,
  chunks: ByteChunks,
  options: Pick<CsvRowOptions, 'delimiter' | 'columns'>,
  from: RowPosition,
): RowReader {
  const blocks = cutIntoLineBlocks(chunks, 0, maxRowBytes);
  const parser: CsvRecords = csvRecords(file, options.delimiter ?? ',');
  let columns = options.columns === undefined ? null : checkedColumns(file, options.columns);
  let rows = 0;
  let failure: Error | null = null;
  let ended = false;

  function toRows(records: readonly CsvRecord[]): unknown[] {
    const values: unknown[] = [];
    for (const record of records) {
      if (columns === null) columns = checkedColumns(file, record);
      else values.push(toRow(columns, record));
    }
    return values;
  }

  async function nextRecords(): Promise<readonly CsvRecord[]> {
    const block = await blocks.next();
    if (block === 'too-long') return stopWith(rowTooLarge, Buffer.alloc(0));
    if (block === null) {
      ended = true;
      return parser.end();
    }
    const bytes = Buffer.from(block.bytes); // a copy: the parser keeps what it could not finish
    if (!isUtf8(bytes)) return stopWith(notUtf8, bytes.subarray(0, endOfValidLines(bytes)));
    return parser.write(bytes);
  }

  /** The parser holds the last row back until it sees the next: it is asked for it before the failure is told. */
  async function stopWith(failed: (place: RowPlace) => Error, readable: Buffer): Promise<readonly CsvRecord[]> {
    const records = await parser.end(readable).catch(() => parser.taken());
    const header = columns === null ? 1 : 0;
    failure = failed({ file, unit: 'row', number: rows + records.length - header + 1, byte: null });
    return records;
  }

  async function next(): Promise<RowBatch | null> {
    for (;;) {
      if (failure !== null) throw failure;
      if (ended) return null;
      const records = await nextRecords().catch((error: unknown) => {
        failure = error as Error;
        return parser.taken();
      });
      const values = toRows(records);
      const before = rows;
      rows += values.length;
      const skip = Math.max(0, Math.min(values.length, from.rows - before));
      if (skip < values.length) return arrayBatch(file, skip === 0 ? values : values.slice(skip), before + skip);
    }
  }

  return {
    next,
    get columns() {
      return columns;
    },
    get bytesRead() {
      return chunks.consumed;
    },
    conversions: noConversions,
    close() {
      ended = true;
      chunks.close();
    },
  };
}

function toRow(columns: readonly string[], record: readonly string[]): Record<string, unknown> {
  const row: Record<string, unknown> = {};
  for (let i = 0; i < columns.length; i++) defineField(row, columns[i] ?? '', record[i]);
  return row;
}

function checkedColumns(file: string, names: readonly string[]): readonly string[] {
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated === undefined) return names;
  throw new RecoveryError(
    'unreadable-row',
    `${file}: two columns are called ${JSON.stringify(repeated.slice(0, 60))}`,
    {
      hint: 'rename one in the header row; a file without a header row needs the names of its columns',
      details: { file, column: repeated },
    },
  );
}

function notUtf8(place: RowPlace): RecoveryError {
  return new RecoveryError('unreadable-row', `${describeRowPlace(place)}: not valid UTF-8`, {
    hint: 'convert the file first, e.g. with iconv -f LATIN1 -t UTF-8',
    details: { ...place },
  });
}
