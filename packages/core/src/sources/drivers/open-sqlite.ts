import type Database from 'better-sqlite3';
import { loadDriver } from './load-driver.js';

/**
 * Opens a SQLite database, or makes it.
 * @param file empty for a temporary one
 * @throws RecoveryError `missing-package` when better-sqlite3 is not installed; what SQLite throws
 */
export function openSqlite(file: string, options?: Database.Options): Database.Database {
  const Sqlite = loadDriver('better-sqlite3', file === '' ? 'a temporary SQLite file' : file);
  return new Sqlite(file, options);
}
