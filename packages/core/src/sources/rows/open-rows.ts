import { RecoveryError } from '../../model/errors/recovery-error.js';
import { csvRows } from './csv-rows.js';
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

const endings: ReadonlyMap<string, RowFormat> = new Map([
  ['ndjson', 'ndjson'],
  ['jsonl', 'ndjson'],
  ['json', 'ndjson'],
  ['csv', 'csv'],
  ['tsv', 'csv'],
  ['parquet', 'parquet'],
]);

export interface DetectedFormat {
  readonly format: RowFormat | null;
  readonly compression: RowCompression;
  readonly delimiter: string;
}

/** Format and compression by the ending of a file's name, e.g. `.ndjson`, `.jsonl.gz`, `.csv.zst`, `.tsv`, `.parquet`. */
export function detectRowFormat(file: string): DetectedFormat {
  const name = file.toLowerCase();
  const compression = name.endsWith('.gz') ? 'gzip' : name.endsWith('.zst') ? 'zstd' : 'none';
  const bare = compression === 'none' ? name : name.slice(0, name.lastIndexOf('.'));
  const ending = bare.slice(bare.lastIndexOf('.') + 1);
  return { format: endings.get(ending) ?? null, compression, delimiter: ending === 'tsv' ? '\t' : ',' };
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
