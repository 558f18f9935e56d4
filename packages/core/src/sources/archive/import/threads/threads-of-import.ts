import { availableParallelism, loadavg } from 'node:os';
import type { LineReader, RowPosition } from '../../../rows/row-source.js';
import type { FileImport } from '../file-import.js';

/** A shorter file is imported before threads have started. */
const worthThreads = { none: 32 * 1024 * 1024, gzip: 4 * 1024 * 1024, zstd: 4 * 1024 * 1024 } as const;

/** Threads cost about two thirds more work, all in all: on fewer idle cores than these they gain too little, or lose. */
const fewestIdleCores = 4;

/** More would wait for the one that writes. */
const mostThreads = 4;

export interface ImportThreads {
  readonly threads: number;
  readonly openLines: (from: RowPosition, blockBytes: number) => LineReader;
}

/**
 * How many threads parse a file besides the one that writes; null where the rows have to be read one after the other, where a
 * row number stands in the values, and by default where few cores are idle or the file is short.
 */
export function threadsOfImport({ rows, mapping, threads }: FileImport): ImportThreads | null {
  if (rows.openLines === undefined || (mapping.form === 'columns' && mapping.rowNumber !== null)) return null;
  const idle = availableParallelism() - Math.ceil(loadavg()[0] ?? 0);
  const byDefault =
    idle < fewestIdleCores || rows.bytes < worthThreads[rows.compression] ? 0 : Math.min(idle - 1, mostThreads);
  const wanted = threads ?? byDefault;
  return wanted === 0 ? null : { threads: wanted, openLines: rows.openLines };
}
