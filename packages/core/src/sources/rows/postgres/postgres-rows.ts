import { RecoveryError } from '../../../model/errors/recovery-error.js';
import { maxRowBytes } from '../../../model/json/value-limits.js';
import type { PartitionPositionJson } from '../../../model/position/position.js';
import { loadDriver } from '../../drivers/load-driver.js';
import { arrayBatch } from '../array-batch.js';
import { defineField } from '../define-field.js';
import { newPlainCounts, type PlainCounts } from '../parquet-values.js';
import type { PostgresInput } from '../row-input.js';
import { defaultTimeLimitMs } from '../row-limits.js';
import type { RowBatch, RowReader } from '../row-source.js';
import type { RowStream } from '../row-stream.js';
import { assertOneSelect } from './assert-one-select.js';
import { cellReader } from './postgres-cells.js';
import { postgresConnection, type PostgresConnection } from './postgres-connection.js';
import { openPostgresSnapshot, type PostgresPage, type PostgresSnapshot } from './postgres-snapshot.js';
import { mostPartitions, positionOfQuery } from './query-position.js';

const fewestRows = 16;
const mostRows = 2000;
/** Rows are fetched in pages of about this size. */
const pageBytes = 4 * 1024 * 1024;

/**
 * Rows of one SELECT over a PostgreSQL database: each reading is one transaction that sees one state of the database and can
 * write nothing, and fetches bounded pages. Cells are text as in CSV, but for booleans, nulls, and binary values, which are
 * base64 (counted). The position, where a query asks for it, is of the same state.
 * @throws RecoveryError `secret-unavailable`, `invalid-configuration`, `missing-package`, or `unreadable-database` for what
 *   is not one SELECT. Nothing is connected before the first row is asked for.
 */
export function postgresRows(input: PostgresInput): RowStream {
  const connection = postgresConnection(input);
  assertOneSelect(input.query, 'query', connection.location);
  if (input.positionQuery !== undefined) assertOneSelect(input.positionQuery, 'position_query', connection.location);
  loadDriver('pg', connection.location);
  return {
    location: connection.location,
    open: () => readRows(input, connection),
    digest: () => Promise.resolve(null),
  };
}

function readRows(input: PostgresInput, connection: PostgresConnection): RowReader {
  const { location } = connection;
  const conversions = newPlainCounts();
  let snapshot: PostgresSnapshot | null = null;
  let position: readonly PartitionPositionJson[] | null = null;
  let columns: readonly string[] | null = null;
  let delivered = 0;
  let bytes = 0;
  let pageRows = fewestRows;
  let closed = false;

  async function begin(): Promise<PostgresSnapshot> {
    const opened = openPostgresSnapshot(connection, input.timeLimitMs ?? defaultTimeLimitMs);
    snapshot = opened;
    if (input.positionQuery !== undefined) {
      await opened.declare('eventmend_position', input.positionQuery);
      position = positionOfQuery(await opened.fetch('eventmend_position', mostPartitions + 1), location);
    }
    await opened.declare('eventmend_rows', input.query);
    return opened;
  }

  async function nextBatch(): Promise<RowBatch | null> {
    const page = await (snapshot ?? (await begin())).fetch('eventmend_rows', pageRows);
    columns ??= columnsOf(page, location);
    if (page.rows.length === 0) {
      close();
      return null;
    }
    const largest = page.rows.reduce((most, row, index) => {
      const size = bytesOf(row);
      if (size > maxRowBytes) throw rowTooLarge(location, delivered + index + 1);
      bytes += size;
      return Math.max(most, size);
    }, 1);
    pageRows = Math.max(1, Math.min(mostRows, pageRows * 8, Math.floor(pageBytes / largest)));
    const batch = arrayBatch(location, plainRows(page, conversions), delivered);
    delivered += batch.count;
    return batch;
  }

  function close(): void {
    closed = true;
    snapshot?.close();
  }

  return {
    async next() {
      if (closed) return null;
      try {
        return await nextBatch();
      } catch (error) {
        close();
        throw error;
      }
    },
    get columns() {
      return columns;
    },
    get position() {
      return position;
    },
    get bytesRead() {
      return bytes;
    },
    conversions,
    close,
  };
}

/** @throws RecoveryError `invalid-field` for two columns of one name: a row could hold only one of them. */
function columnsOf({ columns }: PostgresPage, location: string): readonly string[] {
  const names = columns.map(({ name }) => name);
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated === undefined) return names;
  throw new RecoveryError(
    'invalid-field',
    `${location}: two columns of the query are called ${JSON.stringify(repeated)}`,
    {
      hint: 'give each its own name with AS',
      details: { location, column: repeated },
    },
  );
}

/** Rows as they are read: plain JSON data. */
export function plainRows(
  { columns, rows }: PostgresPage,
  counts: PlainCounts = newPlainCounts(),
): readonly Record<string, unknown>[] {
  const readers = columns.map(({ dataTypeID }) => cellReader(dataTypeID, counts));
  return rows.map((cells) => {
    const row: Record<string, unknown> = {};
    for (let i = 0; i < columns.length; i++) {
      const cell = cells[i] ?? null;
      defineField(row, columns[i]!.name, cell === null ? null : readers[i]!(cell));
    }
    return row;
  });
}

function bytesOf(row: readonly (string | null)[]): number {
  return row.reduce((sum, cell) => sum + (cell === null ? 0 : Buffer.byteLength(cell)), 0);
}

function rowTooLarge(location: string, row: number): RecoveryError {
  return new RecoveryError(
    'size-limit-exceeded',
    `${location}, row ${row}: longer than ${maxRowBytes} bytes (16 MiB)`,
    {
      hint: 'leave large columns out of the query',
      details: { location, row },
    },
  );
}
