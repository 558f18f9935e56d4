import { closeSync, openSync, writeSync } from 'node:fs';
import type { ExportTable } from './export-table.js';
import type { RowSink } from './row-sink.js';

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

/** One NDJSON line of a row, without its line end. Fields stand in the order of the columns. */
function ndjsonLine<Row>(table: ExportTable<Row>, row: Row): string {
  const fields = table.columns.map(
    ({ name, value }) => `${JSON.stringify(name)}:${JSON.stringify(value(row) ?? null)}`,
  );
  return `{${fields.join(',')}}`;
}

/** One CSV line of a row, without its line end. */
function csvLine<Row>(table: ExportTable<Row>, row: Row): string {
  return table.columns.map(({ type, value }) => csvCell(value(row), type)).join(',');
}

function csvHeader<Row>(table: ExportTable<Row>): string {
  return table.columns.map(({ name }) => csvCell(name, 'text')).join(',');
}

/** What a spreadsheet would run as a formula; with the apostrophes in front, so that taking one off is always right. */
const formulaStart = /^'*[=+\-@\t\r\n]/;

/**
 * One cell of a CSV file (RFC 4180). A text that a spreadsheet would take for a formula gets an apostrophe in front; a
 * reader that is no spreadsheet takes one off again where apostrophes are followed by `= + - @`, a tab or a line break.
 * Numbers are written as they are.
 */
function csvCell(value: unknown, type: 'text' | 'integer' | 'json'): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number') return JSON.stringify(value);
  const text = type !== 'json' && typeof value === 'string' ? value : JSON.stringify(value);
  return quoted(formulaStart.test(text) ? `'${text}` : text);
}

function quoted(text: string): string {
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
