import { RecoveryError } from '../errors/recovery-error.js';
import { ndjsonRows } from './ndjson-rows.js';
import type { RowCompression, RowFormat, RowSource } from './row-source.js';

export interface OpenRowsOptions {
  /** Where the ending of the file does not tell, or tells wrongly. */
  readonly format?: RowFormat;
  readonly compression?: RowCompression;
}

const endings: Readonly<Record<string, RowFormat>> = {
  ndjson: 'ndjson',
  jsonl: 'ndjson',
};

/** Format and compression by the ending of a file's name: `.ndjson`, `.jsonl`, each also with `.gz` or `.zst`. */
export function detectRowFormat(file: string): {
  readonly format: RowFormat | null;
  readonly compression: RowCompression;
} {
  const name = file.toLowerCase();
  const compression = name.endsWith('.gz') ? 'gzip' : name.endsWith('.zst') ? 'zstd' : 'none';
  const bare = compression === 'none' ? name : name.slice(0, name.lastIndexOf('.'));
  const ending = bare.slice(bare.lastIndexOf('.') + 1);
  return { format: endings[ending] ?? null, compression };
}

/** Opens the rows of a file. @throws RecoveryError EM1003 for a missing file, EM1001 for an ending that says nothing. */
export async function openRows(file: string, options: OpenRowsOptions = {}): Promise<RowSource> {
  const detected = detectRowFormat(file);
  const format = options.format ?? detected.format;
  const compression = options.compression ?? detected.compression;
  if (format === 'ndjson') return ndjsonRows(file, { compression });
  throw new RecoveryError('EM1001', `${file}: the ending does not tell the format`, {
    hint: 'say which it is: ndjson, csv or parquet',
  });
}
