import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import type Database from 'better-sqlite3';
import { RecoveryError } from '../../model/errors/recovery-error.js';
import { arrayBatch } from './array-batch.js';
import { fileBytes } from './byte-chunks.js';
import { defineField } from './define-field.js';
import { quoteIdentifier } from '../tables/table-names.js';
import { nearestName } from '../../worker/nearest-name.js';
import { openSqliteInput } from './open-sqlite-input.js';
import type { SqliteInput } from './row-input.js';
import type { RowBatch, RowConversions, RowReader } from './row-source.js';
import type { RowStream } from './row-stream.js';

const batchRows = 1000;
const lockedAfterMs = 2000;

type Counts = { -readonly [Name in keyof RowConversions]: RowConversions[Name] };

/**
 * Rows of a table or of one SELECT of a SQLite database that is not ours: opened for reading only, nothing in its
 * schema may call functions with side effects, and damaged cells are found. Integers above 2^53 - 1 become text, blobs
 * base64 (both counted). Each reading is one statement, so it sees one state of the database.
 * @throws RecoveryError `file-unavailable`, `missing-package`, `unreadable-database`
 */
export async function sqliteRows(input: SqliteInput): Promise<RowStream> {
  const bytes = fileBytes(input.file);
  const location = `${input.file} ${'table' in input.from ? `(table ${input.from.table})` : '(query)'}`;
  const check = openDatabase(input.file);
  try {
    guarded(input.file, () => statementOf(check, input));
  } finally {
    check.close();
  }
  return {
    location,
    open: () => readRows(input, bytes),
    digest: () => digestOf(input.file),
  };
}

function readRows(input: SqliteInput, bytes: number): RowReader {
  const conversions: Counts = { bigIntegersAsText: 0, binaryAsBase64: 0, nonFiniteAsNull: 0 };
  const database = openDatabase(input.file);
  let rows: IterableIterator<unknown> | null = null;
  let names: readonly string[] = [];
  let delivered = 0;
  let closed = false;

  function next(): RowBatch | null {
    if (closed) return null;
    return guarded(input.file, () => {
      if (rows === null) {
        const statement = statementOf(database, input).safeIntegers(true).raw(true);
        names = statement.columns().map(({ name }) => name);
        rows = statement.iterate();
      }
      const values: unknown[] = [];
      while (values.length < batchRows) {
        const found = rows.next();
        if (found.done === true) break;
        values.push(plainSqliteRow(names, found.value as readonly unknown[], conversions));
      }
      if (values.length === 0) return null;
      const batch = arrayBatch(input.file, values, delivered);
      delivered += values.length;
      return batch;
    });
  }

  return {
    next,
    get columns() {
      return names;
    },
    get bytesRead() {
      return closed ? bytes : 0;
    },
    conversions,
    close() {
      if (closed) return;
      closed = true;
      rows?.return?.();
      database.close();
    },
  };
}

function openDatabase(file: string): Database.Database {
  return guarded(file, () => {
    const database = openSqliteInput(file, lockedAfterMs);
    try {
      database.pragma('trusted_schema = OFF');
      database.pragma('cell_size_check = ON');
      database.pragma('mmap_size = 0');
      database.pragma('query_only = ON');
      database.prepare('SELECT count(*) FROM sqlite_master').get(); // reads the file, so that one that is none is told now
      return database;
    } catch (error) {
      database.close();
      throw error;
    }
  });
}

function statementOf(database: Database.Database, { file, from }: SqliteInput): Database.Statement {
  if ('table' in from) {
    assertTable(database, file, from.table);
    return database.prepare(`SELECT * FROM "main".${quoteIdentifier(from.table)}`);
  }
  // PRAGMA and EXPLAIN give rows too; a word in front of the SELECT is not worth understanding.
  if (!/^\s*(?:select|with)\b/i.test(from.query)) throw unusable(file, 'the query is not one SELECT', selectHint);
  const statement = database.prepare(from.query);
  if (!statement.readonly || !statement.reader) throw unusable(file, 'the query is not one SELECT', selectHint);
  return statement;
}

const selectHint =
  'write one SELECT without a semicolon behind it, e.g. query: SELECT id, total FROM orders ORDER BY id';

/** Views and virtual tables can run what their author wrote, so they are not read by name: a query says them expressly. */
function assertTable(database: Database.Database, file: string, table: string): void {
  const all = database
    .prepare(`SELECT name, type, sql FROM "main".sqlite_master WHERE type IN ('table', 'view')`)
    .all();
  const known = all as readonly { readonly name: string; readonly type: string; readonly sql: string | null }[];
  const found = known.find(({ name }) => name.toLowerCase() === table.toLowerCase());
  const quoted = JSON.stringify(table.slice(0, 60));
  if (found === undefined) {
    const names = known.map(({ name }) => name);
    const nearest = nearestName(table, names);
    const shown = names.slice(0, 12).join(', ');
    throw unusable(
      file,
      `there is no table ${quoted}`,
      nearest === null ? `it has ${shown === '' ? 'no tables' : shown}` : `did you mean ${JSON.stringify(nearest)}?`,
    );
  }
  if (found.type === 'view' || /^\s*create\s+virtual\b/i.test(found.sql ?? '')) {
    throw unusable(
      file,
      `${quoted} is a ${found.type === 'view' ? 'view' : 'virtual table'}, not a table`,
      'if you trust it, read it with a query: SELECT … FROM it',
    );
  }
}

/** A row as it is read: plain JSON data. `cells` were read with safe integers. */
export function plainSqliteRow(
  names: readonly string[],
  cells: readonly unknown[],
  counts: Counts = { bigIntegersAsText: 0, binaryAsBase64: 0, nonFiniteAsNull: 0 },
): Record<string, unknown> {
  const row: Record<string, unknown> = {};
  for (let i = 0; i < names.length; i++) defineField(row, names[i] ?? '', plainCell(cells[i], counts));
  return row;
}

function plainCell(cell: unknown, counts: Counts): unknown {
  if (typeof cell === 'bigint') {
    const number = Number(cell);
    if (Number.isSafeInteger(number)) return number;
    counts.bigIntegersAsText++;
    return cell.toString();
  }
  if (typeof cell === 'number' && !Number.isFinite(cell)) {
    counts.nonFiniteAsNull++;
    return null;
  }
  if (!Buffer.isBuffer(cell)) return cell;
  counts.binaryAsBase64++;
  return cell.toString('base64');
}

/** Content and, where there is one, the write-ahead log that belongs to it. */
async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  for (const part of [file, `${file}-wal`]) {
    if (!existsSync(part)) continue;
    for await (const chunk of createReadStream(part, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
    hash.update('\0');
  }
  return hash.digest('hex');
}

function guarded<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof RecoveryError) throw cause;
    const code = (cause as { readonly code?: unknown }).code;
    const reason = cause instanceof Error ? cause.message : String(cause);
    if (code === 'SQLITE_NOTADB') throw unusable(file, 'it is not a SQLite database', 'check the path', cause);
    if (code === 'SQLITE_BUSY' || code === 'SQLITE_LOCKED') {
      throw unusable(
        file,
        'another process holds it locked',
        'try again, or copy it with: sqlite3 FILE ".backup COPY"',
        cause,
      );
    }
    if (reason.includes('more than one statement'))
      throw unusable(file, 'the query is not one SELECT', selectHint, cause);
    throw unusable(file, reason, 'check the database with PRAGMA integrity_check, and the query', cause);
  }
}

function unusable(file: string, reason: string, hint: string, cause?: unknown): RecoveryError {
  return new RecoveryError('unreadable-database', `${file}: ${reason}`, {
    hint,
    details: { file },
    ...(cause !== undefined && { cause }),
  });
}
