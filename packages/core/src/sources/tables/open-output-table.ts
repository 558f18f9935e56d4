import type { PostgresInput, SqliteInput } from '../rows/row-input.js';
import type { OutputTable } from './output-table.js';
import { openPostgresTable } from './postgres-table.js';
import { openSqliteTable } from './sqlite-table.js';

/** Where a table is that outputs are written to. */
export type TableLocation = Pick<SqliteInput, 'kind' | 'file'> | Pick<PostgresInput, 'kind' | 'url' | 'tls'>;

/** @throws RecoveryError as `openPostgresTable` and `openSqliteTable` */
export async function openOutputTable(location: TableLocation, name: string): Promise<OutputTable> {
  return location.kind === 'sqlite' ? openSqliteTable(location.file, name) : openPostgresTable(location, name);
}
