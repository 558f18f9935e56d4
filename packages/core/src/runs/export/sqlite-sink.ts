import { loadDriver } from '../../sources/drivers/load-driver.js';
import type { ExportTable } from './export-table.js';
import type { RowSink } from './row-sink.js';

const rowsPerTransaction = 10_000;
const sqlTypes = { text: 'TEXT', integer: 'INTEGER', json: 'TEXT' } as const;

/**
 * Writes rows into one table of a new SQLite file. JSON columns hold JSON text, for SQLite's own JSON functions.
 * @throws RecoveryError `missing-package` when better-sqlite3 is not installed.
 */
export function openSqliteSink<Row>(file: string, table: ExportTable<Row>): RowSink<Row> {
  const Database = loadDriver('better-sqlite3', 'an export to SQLite (NDJSON and CSV need none)');
  const database = new Database(file);
  // The draft is thrown away after a crash, so only its end must be durable: the one who publishes the file syncs it.
  database.pragma('journal_mode = OFF');
  database.pragma('synchronous = OFF');
  const columns = table.columns.map(({ name, type }) => `${quoted(name)} ${sqlTypes[type]}`);
  database.exec(`CREATE TABLE ${quoted(table.name)} (${columns.join(', ')}) STRICT`);
  const places = table.columns.map(() => '?').join(', ');
  const insert = database.prepare(`INSERT INTO ${quoted(table.name)} VALUES (${places})`);
  let pending = 0;
  return {
    write(row) {
      if (pending === 0) database.exec('BEGIN');
      insert.run(table.columns.map(({ type, value }) => sqlValue(value(row), type)));
      pending++;
      if (pending < rowsPerTransaction) return;
      database.exec('COMMIT');
      pending = 0;
    },
    finish() {
      if (pending > 0) database.exec('COMMIT');
      pending = 0;
      if (table.columns.some(({ name }) => name === 'key')) {
        database.exec(`CREATE INDEX ${quoted(`${table.name}_key`)} ON ${quoted(table.name)} ("key")`);
      }
      database.close();
    },
    close() {
      if (database.open) database.close();
    },
  };
}

function sqlValue(value: unknown, type: 'text' | 'integer' | 'json'): string | bigint | null {
  if (value === null || value === undefined) return null;
  if (type === 'json') return JSON.stringify(value);
  // A JavaScript number would be bound as a float, which a STRICT integer column takes only where it is whole.
  if (type === 'integer') return BigInt(Math.round(Number(value)));
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
