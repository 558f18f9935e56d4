import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import type Database from 'better-sqlite3';
import type { ErrorCode } from '../../model/errors/error-catalogue.js';
import { RecoveryError } from '../../model/errors/recovery-error.js';
import { openSqlite } from './open-sqlite.js';
import { withStorageErrors, type StorageTerms } from './storage-error.js';

export type DurableDatabase = Database.Database;

/** What a database of ours is, and in which words its trouble is told. */
export interface DatabaseFormat extends StorageTerms {
  /** SQLite's application id. */
  readonly applicationId: number;
  /** Raised whenever a database of an older version could be misread. */
  readonly version: number;
  /** The statements that make it. */
  readonly schema: string;
  /** Such as `a run store`. */
  readonly name: string;
  readonly otherVersion: ErrorCode;
  readonly otherVersionHint: string;
  /** What to say where there is none and none may be made. */
  readonly missing: (file: string) => RecoveryError;
}

export interface DurableDatabaseOptions {
  readonly create: boolean;
  /** For a finished one that nobody writes any more: also from a folder that may only be read. */
  readonly readOnly?: true;
  /** Lets the file grow no further than this many pages; SQLite's own limit where absent. */
  readonly maxPages?: number;
  /** How long SQLite itself waits for another connection's lock, in milliseconds; a minute where absent. */
  readonly busyMs?: number;
}

/**
 * Opens a database of ours, or makes it. WAL with synchronous=FULL: of 856 simulated power losses none lost a commit,
 * with NORMAL most did.
 * @throws RecoveryError the format's codes: for a missing one, another version, and a file that is no such database
 */
export function openDurableDatabase(
  file: string,
  format: DatabaseFormat,
  options: DurableDatabaseOptions,
): DurableDatabase {
  const isNew = !existsSync(file);
  if (isNew && !options.create) throw format.missing(file);
  if (!isNew) refuseTruncated(file, format);
  return withStorageErrors(file, format, () => {
    const database = openSqlite(file, { timeout: options.busyMs ?? 60_000, readonly: options.readOnly === true });
    try {
      if (options.readOnly === true) {
        checkVersion(database, file, format);
        database.pragma('trusted_schema = OFF');
        database.pragma('cell_size_check = ON');
        return database;
      }
      // Two processes may find it empty at once: the second then finds what the first made.
      if (isNew || isEmpty(database)) create(database, format);
      checkVersion(database, file, format);
      database.pragma('journal_mode = WAL');
      database.pragma('synchronous = FULL');
      database.pragma('trusted_schema = OFF');
      database.pragma('cell_size_check = ON');
      database.pragma('wal_autocheckpoint = 4000');
      if (options.maxPages !== undefined) database.pragma(`max_page_count = ${options.maxPages}`);
      if (database.pragma('synchronous', { simple: true }) !== 2) throw new Error('synchronous=FULL did not take');
      return database;
    } catch (error) {
      database.close();
      throw error;
    }
  });
}

/** SQLite reads a file that was cut off without complaint until it needs a page that is gone. */
function refuseTruncated(file: string, format: DatabaseFormat): void {
  // What is missing may still be in the log beside it; or a write was stopped, which SQLite undoes as it opens the file.
  if (['-wal', '-journal'].some((beside) => isFilled(`${file}${beside}`))) return;
  const size = statSync(file).size;
  const header = readHeader(file);
  if (header === null) return;
  const pageSize = header.readUInt16BE(16) === 1 ? 65_536 : header.readUInt16BE(16);
  if (size >= pageSize * header.readUInt32BE(28)) return;
  throw new RecoveryError(
    format.corrupt,
    `${file} was cut off: it has ${size} bytes and says ${pageSize * header.readUInt32BE(28)}`,
    { hint: format.corruptHint },
  );
}

/** True for a file that is there and holds something. */
export function isFilled(file: string): boolean {
  return (statSync(file, { throwIfNoEntry: false })?.size ?? 0) > 0;
}

/** The first 100 bytes of a SQLite file (https://www.sqlite.org/fileformat.html#the_database_header); null for a shorter one. */
function readHeader(file: string): Buffer | null {
  const header = Buffer.alloc(100);
  const descriptor = openSync(file, 'r');
  try {
    return readSync(descriptor, header, 0, header.length, 0) === header.length ? header : null;
  } finally {
    closeSync(descriptor);
  }
}

function isEmpty(database: DurableDatabase): boolean {
  return database.prepare('SELECT count(*) FROM sqlite_schema').pluck().get() === 0;
}

function create(database: DurableDatabase, format: DatabaseFormat): void {
  database.pragma('page_size = 16384');
  database.pragma('journal_mode = WAL');
  database
    .transaction(() => {
      if (!isEmpty(database)) return;
      database.pragma(`application_id = ${format.applicationId}`);
      database.pragma(`user_version = ${format.version}`);
      database.exec(format.schema);
    })
    .immediate();
}

function checkVersion(database: DurableDatabase, file: string, format: DatabaseFormat): void {
  if (database.pragma('application_id', { simple: true }) !== format.applicationId) {
    throw new RecoveryError(format.corrupt, `${file} is not ${format.name}`, { hint: format.strangerHint });
  }
  const version = database.pragma('user_version', { simple: true });
  if (version !== format.version) {
    throw new RecoveryError(
      format.otherVersion,
      `${file} has version ${String(version)}, this is version ${format.version}`,
      { hint: format.otherVersionHint },
    );
  }
}
