import Database from 'better-sqlite3';
import type { DurableDatabase } from '@eventmend/core/sqlite';
import { corrupt } from './corrupt-store.js';
import { liveStoreFormat } from './store-format.js';

let ourSchema: string | null = null;

/** A file that somebody else made may have triggers, or views in place of tables. */
export function refuseOtherSchema(database: DurableDatabase, file: string): void {
  ourSchema ??= describeOurSchema();
  if (describeSchema(database) !== ourSchema)
    throw corrupt(file, 'its tables are not those of the store of a live worker');
}

function describeOurSchema(): string {
  const ours = new Database(':memory:');
  try {
    ours.exec(liveStoreFormat.schema);
    return describeSchema(ours);
  } finally {
    ours.close();
  }
}

function describeSchema(database: DurableDatabase): string {
  return JSON.stringify(
    database.prepare('SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name').all(),
  );
}
