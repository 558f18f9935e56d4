import { RecoveryError } from '../../model/errors/recovery-error.js';
import { csvRows } from './csv-rows.js';
import { detectRowFormat } from './detect-row-format.js';
import { ndjsonRows } from './ndjson-rows.js';
import { parquetRows } from './parquet-rows.js';
import type { RowCompression, RowFormat, RowSource } from './row-source.js';

export interface OpenRowsOptions {
  /** Where the ending of the file does not tell, or tells wrongly. */
  readonly format?: RowFormat;
  readonly compression?: RowCompression;
  /** For CSV: the character between fields; by default `,`, and a tab for `.tsv`. */
  readonly delimiter?: string;
  /** For CSV without a header row: the names of the columns. */
  readonly columns?: readonly string[];
}

/**
 * Opens the rows of a file.
 * @throws RecoveryError `invalid-argument` for an ending that says nothing, `file-unavailable` for a missing file,
 *   `missing-package` for a missing package.
 */
export async function openRows(file: string, options: OpenRowsOptions = {}): Promise<RowSource> {
  const detected = detectRowFormat(file);
  const format = options.format ?? detected.format;
  const compression = options.compression ?? detected.compression;
  switch (format) {
    case 'ndjson':
      return ndjsonRows(file, { compression });
    case 'csv':
      return csvRows(file, {
        compression,
        delimiter: options.delimiter ?? detected.delimiter,
        ...(options.columns === undefined ? {} : { columns: options.columns }),
      });
    case 'parquet':
      return parquetRows(file);
    case null:
      throw new RecoveryError('invalid-argument', `${file}: the ending does not tell the format`, {
        hint: 'say which it is: ndjson (lines, or one JSON array), csv or parquet',
      });
  }
}
