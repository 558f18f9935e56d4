import { closeSync, openSync, writeSync } from 'node:fs';
import type { ExportTable } from './export-table.js';
import type { RowSink } from './row-sink.js';
import { csvHeader, csvLine, ndjsonLine } from './row-lines.js';

const bufferedCharacters = 256 * 1024;

/** Writes rows as lines of NDJSON or CSV. */
export function openTextSink<Row>(file: string, table: ExportTable<Row>, format: 'ndjson' | 'csv'): RowSink<Row> {
  let fd: number | null = openSync(file, 'wx');
  const lineEnd = format === 'csv' ? '\r\n' : '\n';
  const toLine = format === 'csv' ? csvLine : ndjsonLine;
  let buffer = format === 'csv' ? csvHeader(table) + lineEnd : '';
  const flush = () => {
    if (fd === null || buffer === '') return;
    const bytes = Buffer.from(buffer);
    for (let written = 0; written < bytes.length;) written += writeSync(fd, bytes, written);
    buffer = '';
  };
  return {
    write(row) {
      buffer += toLine(table, row) + lineEnd;
      if (buffer.length >= bufferedCharacters) flush();
    },
    finish: flush,
    close() {
      if (fd !== null) closeSync(fd);
      fd = null;
    },
  };
}
