import { closeSync, openSync, readSync } from 'node:fs';
import type { AsyncBuffer } from 'hyparquet';
import { RecoveryError, isRecoveryError } from '../../model/errors/recovery-error.js';
import { importDriver } from '../drivers/load-driver.js';
import { arrayBatch } from './array-batch.js';
import { fileBytes } from './byte-chunks.js';
import {
  inexactRows,
  readParquetColumns,
  rowsOfColumns,
  timeColumnsOf,
  type ParquetColumns,
} from './parquet-columns.js';
import type { ParquetFile } from './parquet-file.js';
import { parquetSpans, type ParquetSpan } from './parquet-spans.js';
import { newPlainCounts, plainParsers } from './parquet-values.js';
import { startOfRows, type RowBatch, type RowPosition, type RowReader, type RowSource } from './row-source.js';

export interface ParquetRowOptions {
  /** Rows of a batch, 2,048 by default. */
  readonly batchRows?: number;
  /** Rows that are decoded at a time where the file's index allows it, 65,536 by default. */
  readonly spanRows?: number;
}

/**
 * Rows of a Parquet file as plain JSON data: dates and timestamps become milliseconds since 1970, integers numbers
 * (text above 2^53 - 1, counted), binary values base64 text (counted), nulls and missing values null. At most one row
 * group is decoded at a time, and only spans of it where the file has an offset index.
 * @throws RecoveryError `file-unavailable` (no such file), `missing-package` (package missing), `unreadable-row`
 *   (damaged).
 */
export async function parquetRows(file: string, options: ParquetRowOptions = {}): Promise<RowSource> {
  const bytes = fileBytes(file);
  const library = await importDriver('hyparquet', file);
  const metadata = await whileReading(file, () =>
    withFile(file, bytes, (source) => library.parquetMetadataAsync(source)),
  );
  const packed = metadata.row_groups.some((group) =>
    group.columns.some(
      ({ meta_data: column }) => column !== undefined && !['UNCOMPRESSED', 'SNAPPY'].includes(column.codec),
    ),
  );
  // Snappy alone is read without a second package.
  const compressors = packed ? (await importDriver('hyparquet-compressors', file)).compressors : undefined;
  const parquet: ParquetFile = { file, library, compressors, metadata, bytes };
  return {
    file,
    format: 'parquet',
    compression: 'none',
    bytes,
    open: (from = startOfRows) => openParquet(parquet, options, from),
  };
}

function openParquet(parquet: ParquetFile, options: ParquetRowOptions, from: RowPosition): RowReader {
  const batchRows = options.batchRows ?? 2048;
  const spans = parquetSpans(parquet.metadata, options.spanRows ?? 65_536, from.rows);
  const total = Number(parquet.metadata.num_rows);
  const counts = newPlainCounts();
  let spanIndex = 0;
  let columns: ParquetColumns | null = null;
  let row = from.rows;
  let closed = false;

  function read(span: ParquetSpan): Promise<ParquetColumns> {
    return withFile(parquet.file, parquet.bytes, (source) =>
      readParquetColumns(parquet, source, span, plainParsers(counts)),
    );
  }

  async function nextBatch(): Promise<RowBatch | null> {
    if (columns === null || row >= columns.span.to) {
      const span = spans[spanIndex++];
      if (span === undefined) return null;
      columns = null; // so that it can be freed while the next is decoded
      columns = await read(span);
    }
    const to = Math.min(columns.span.to, row + batchRows);
    const values = rowsOfColumns(columns, row, to, counts);
    const batch = arrayBatch(parquet.file, values, row, inexactRows(columns, values), timeColumnsOf(columns));
    row = to;
    return batch;
  }

  return {
    next: async () => (closed ? null : whileReading(parquet.file, nextBatch)),
    get bytesRead() {
      return total === 0 ? parquet.bytes : Math.floor((parquet.bytes * row) / total);
    },
    conversions: counts,
    close() {
      closed = true;
      columns = null;
    },
  };
}

/** Opens the file for as long as something is read of it. */
async function withFile<T>(file: string, bytes: number, read: (source: AsyncBuffer) => Promise<T>): Promise<T> {
  const fd = openSync(file, 'r');
  const slice = (start: number, end: number = bytes): ArrayBuffer => {
    const buffer = new ArrayBuffer(Math.max(0, end - start));
    const read = readSync(fd, new Uint8Array(buffer), 0, buffer.byteLength, start);
    if (read < buffer.byteLength) throw new Error('the file ends too early');
    return buffer;
  };
  try {
    return await read({ byteLength: bytes, slice: (start, end) => slice(start < 0 ? bytes + start : start, end) });
  } finally {
    closeSync(fd);
  }
}

async function whileReading<T>(file: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    if (isRecoveryError(cause)) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new RecoveryError('unreadable-row', `${file} is not a Parquet file, or is cut or damaged (${reason})`, {
      hint: 'fetch the file again, or name its format if it is another one',
      cause,
      details: { file },
    });
  }
}
