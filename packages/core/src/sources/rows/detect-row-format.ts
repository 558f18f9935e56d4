import type { RowCompression, RowFormat } from './row-source.js';

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
