import type Database from 'better-sqlite3';
import { RecoveryError } from '../../model/errors/recovery-error.js';
import { openSqlite } from '../drivers/open-sqlite.js';
import { PassingFailure } from '../kafka/cluster/patience.js';
import { plainSqliteRow } from '../rows/sqlite-rows.js';
import {
  marksTable,
  type Cell,
  type OutputTable,
  type PublicationMark,
  type TableColumn,
  type TableTransaction,
} from './output-table.js';
import { quoteIdentifier, tableNotFound } from './table-names.js';

const lockedAfterMs = 10_000;
const valuesAtOnce = 500;

interface ColumnRow {
  readonly name: string;
  readonly type: string;
  readonly notnull: number;
  readonly dflt_value: string | null;
  readonly pk: number;
  /** 0 for a usual column, 2 and 3 for a computed one. */
  readonly hidden: number;
}

/**
 * A table of a SQLite database of the user's, for writing. Other writers wait while a transaction lasts.
 * @throws RecoveryError `file-unavailable`, `unreadable-database`, `publication-refused`, `missing-package`
 */
export function openSqliteTable(file: string, name: string): OutputTable {
  const database = guarded(file, () => openSqlite(file, { fileMustExist: true, timeout: lockedAfterMs }));
  try {
    return guarded(file, () => tableOf(database, file, name));
  } catch (error) {
    database.close();
    throw error;
  }
}

function tableOf(database: Database.Database, file: string, name: string): OutputTable {
  database.pragma('trusted_schema = OFF');
  database.pragma('synchronous = FULL');
  const kind = database
    .prepare<[string], string>(
      "SELECT type FROM main.sqlite_master WHERE lower(name) = lower(?) AND type IN ('table', 'view')",
    )
    .pluck()
    .get(name);
  if (kind !== 'table')
    throw tableNotFound(file, name, kind === undefined ? 'there is no table' : 'it is a view, not a table:');
  const table = `main.${quoteIdentifier(name)}`;
  const described = database.prepare<[string], ColumnRow>('SELECT * FROM pragma_table_xinfo(?)').all(name);
  const uniqueColumns = uniqueOf(database, name, described);
  const columns = described.map(({ name: column, notnull, dflt_value, hidden, pk, type }): TableColumn => {
    const isRowId = pk === 1 && described.filter((one) => one.pk > 0).length === 1 && /^integer$/i.test(type);
    return {
      name: column,
      required: notnull === 1 && dflt_value === null && !isRowId,
      generated: hidden > 1,
      unique: uniqueColumns.has(column),
    };
  });

  const rowsOf = (from: Database.Database, source: string, column: string, values: readonly string[]): unknown[] => {
    const rows: unknown[] = [];
    for (let at = 0; at < values.length; at += valuesAtOnce) {
      const some = values.slice(at, at + valuesAtOnce);
      const places = some.map(() => '?').join(', ');
      const select = from.prepare(`SELECT * FROM ${source} WHERE ${quoteIdentifier(column)} IN (${places})`);
      rows.push(...readAll(select, some));
    }
    return rows;
  };

  const mark = (base: string): PublicationMark | null => {
    if (!hasMarks(database)) return null;
    const found = database
      .prepare<
        [string],
        { readonly run: string; readonly chain: string; readonly next_row: number; readonly dropped: string }
      >(`SELECT run, chain, next_row, dropped FROM main.${marksTable} WHERE base = ?`)
      .get(base);
    if (found === undefined) return null;
    return {
      runId: found.run,
      chain: found.chain,
      next: found.next_row,
      dropped: JSON.parse(found.dropped) as number[],
    };
  };

  const inTransaction: TableTransaction = {
    mark: (base) => Promise.resolve(mark(base)),
    setMark(base, { runId, chain, next, dropped }) {
      database.exec(
        `CREATE TABLE IF NOT EXISTS main.${marksTable} (base TEXT PRIMARY KEY, run TEXT NOT NULL, chain TEXT NOT NULL, next_row INTEGER NOT NULL, dropped TEXT NOT NULL)`,
      );
      database
        .prepare(
          `INSERT OR REPLACE INTO main.${marksTable} (base, run, chain, next_row, dropped) VALUES (?, ?, ?, ?, ?)`,
        )
        .run(base, runId, chain, next, JSON.stringify(dropped));
      return Promise.resolve();
    },
    rowsOf: (column, values) => Promise.resolve(rowsOf(database, table, column, values)),
    upsert(idColumn, rows) {
      for (const row of rows) {
        const names = Object.keys(row);
        const updates = names
          .filter((one) => one !== idColumn)
          .map((one) => `${quoteIdentifier(one)} = excluded.${quoteIdentifier(one)}`);
        const sql = `INSERT INTO ${table} (${names.map(quoteIdentifier).join(', ')}) VALUES (${names.map(() => '?').join(', ')})
          ON CONFLICT (${quoteIdentifier(idColumn)}) DO ${updates.length === 0 ? 'NOTHING' : `UPDATE SET ${updates.join(', ')}`}`;
        database.prepare(sql).run(names.map((one) => bound(row[one] ?? null)));
      }
      return Promise.resolve();
    },
    remove(idColumn, ids) {
      const remove = database.prepare(`DELETE FROM ${table} WHERE ${quoteIdentifier(idColumn)} = ?`);
      for (const id of ids) remove.run(id);
      return Promise.resolve();
    },
  };

  return {
    ...{ location: file, name, identity: `sqlite ${name}`, columns },
    // Who may open the file for writing may do everything in it.
    missingPermissions: database.readonly ? ['write to the file'] : [],
    hasMarks: hasMarks(database),
    isEmpty: () => Promise.resolve(database.prepare(`SELECT 1 FROM ${table} LIMIT 1`).get() === undefined),
    async asStored(rows) {
      const scratch = openSqlite(':memory:');
      try {
        return guarded(file, () => {
          // Types without keys and checks: what becomes of a cell is a matter of its column alone.
          const shape = columns.filter(({ generated }) => !generated);
          const declared = shape.map(({ name: column }) => {
            const type = described.find((one) => one.name === column)?.type ?? '';
            return `${quoteIdentifier(column)} ${type}`;
          });
          scratch.exec(`CREATE TABLE scratch (${declared.join(', ')})${isStrict(database, name) ? ' STRICT' : ''}`);
          for (const row of rows) {
            const names = Object.keys(row);
            scratch
              .prepare(
                `INSERT INTO scratch (${names.map(quoteIdentifier).join(', ')}) VALUES (${names.map(() => '?').join(', ')})`,
              )
              .run(names.map((one) => bound(row[one] ?? null)));
          }
          return readAll(scratch.prepare('SELECT * FROM scratch ORDER BY rowid'), []);
        });
      } finally {
        scratch.close();
      }
    },
    rowsOf: async (column, values) => guarded(file, () => rowsOf(database, table, column, values)),
    mark: async (base) => guarded(file, () => mark(base)),
    async transaction(work) {
      guarded(file, () => database.exec('BEGIN IMMEDIATE'));
      try {
        const result = await work(inTransaction);
        database.exec('COMMIT');
        return result;
      } catch (error) {
        if (database.inTransaction) database.exec('ROLLBACK');
        throw explained(file, error);
      }
    },
    close() {
      database.close();
      return Promise.resolve();
    },
  };
}

function hasMarks(database: Database.Database): boolean {
  return (
    database.prepare("SELECT 1 FROM main.sqlite_master WHERE type = 'table' AND name = ?").get(marksTable) !== undefined
  );
}

function isStrict(database: Database.Database, name: string): boolean {
  return (
    database
      .prepare<[string], number>("SELECT strict FROM pragma_table_list WHERE schema = 'main' AND name = ?")
      .pluck()
      .get(name) === 1
  );
}

/** Columns that are a key for themselves. */
function uniqueOf(database: Database.Database, name: string, described: readonly ColumnRow[]): ReadonlySet<string> {
  const keys = described.filter(({ pk }) => pk > 0);
  const unique = new Set(keys.length === 1 ? keys.map(({ name: column }) => column) : []);
  const indexes = database
    .prepare<[string], { readonly name: string }>(
      'SELECT name FROM pragma_index_list(?) WHERE "unique" = 1 AND partial = 0',
    )
    .all(name);
  for (const index of indexes) {
    const parts = database
      .prepare<[string], string | null>('SELECT name FROM pragma_index_info(?)')
      .pluck()
      .all(index.name);
    const [only] = parts;
    if (parts.length === 1 && typeof only === 'string') unique.add(only);
  }
  return unique;
}

function readAll(statement: Database.Statement, values: readonly unknown[]): unknown[] {
  const reading = statement.safeIntegers(true).raw(true);
  const names = reading.columns().map(({ name }) => name);
  return reading.all(...values).map((cells) => plainSqliteRow(names, cells as readonly unknown[]));
}

/** A JavaScript number would be bound as a fraction. */
function bound(cell: Cell): string | number | bigint | null {
  if (typeof cell === 'boolean') return cell ? 1n : 0n;
  return typeof cell === 'number' && Number.isSafeInteger(cell) ? BigInt(cell) : cell;
}

function guarded<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw explained(file, error);
  }
}

function explained(file: string, error: unknown): unknown {
  if (error instanceof RecoveryError || error instanceof PassingFailure) return error;
  const { code: given } = (error ?? {}) as { readonly code?: unknown };
  const code = typeof given === 'string' ? given : '';
  if (!code.startsWith('SQLITE_')) return error;
  const reason = error instanceof Error ? error.message : code;
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) {
    return new PassingFailure(`${file}: another process holds the database locked`, error);
  }
  if (code.startsWith('SQLITE_CONSTRAINT') || code === 'SQLITE_MISMATCH') {
    return new RecoveryError('publication-refused', `${file}: the table does not take a row: ${reason}`, {
      hint: 'compare the table with live.outputs.mapping: types, keys and checks',
      details: { file },
    });
  }
  if (code === 'SQLITE_READONLY' || code === 'SQLITE_CANTOPEN' || code === 'SQLITE_PERM') {
    return new RecoveryError('publication-refused', `${file}: it cannot be written to: ${reason}`, {
      hint: 'publishing needs to write to the file and its folder',
      details: { file },
      cause: error,
    });
  }
  return new RecoveryError('unreadable-database', `${file}: ${reason}`, { details: { file }, cause: error });
}
