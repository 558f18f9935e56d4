import { csvCell } from './csv-cell.js';
import type { ExportTable } from './export-table.js';

/** One NDJSON line of a row, without its line end. Fields stand in the order of the columns. */
export function ndjsonLine<Row>(table: ExportTable<Row>, row: Row): string {
  const fields = table.columns.map(
    ({ name, value }) => `${JSON.stringify(name)}:${JSON.stringify(value(row) ?? null)}`,
  );
  return `{${fields.join(',')}}`;
}

/** One CSV line of a row, without its line end. */
export function csvLine<Row>(table: ExportTable<Row>, row: Row): string {
  return table.columns.map(({ type, value }) => csvCell(value(row), type)).join(',');
}

export function csvHeader<Row>(table: ExportTable<Row>): string {
  return table.columns.map(({ name }) => csvCell(name, 'text')).join(',');
}
