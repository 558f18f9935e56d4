import { statSync } from 'node:fs';
import type Database from 'better-sqlite3';
import { RecoveryError } from '../../model/errors/recovery-error.js';
import { writeArchiveHead } from './archive-index.js';
import {
  archiveApplicationId,
  archiveFormatVersion,
  archivePageSize,
  archiveSchema,
  archiveVersions,
  damageSchema,
  holdsDamage,
} from './archive-format.js';
import { lockedArchive, translateSqliteError, unreadableArchive } from './archive-failures.js';
import { openSqlite } from '../drivers/open-sqlite.js';

/** How long a reader waits for the commit of a writer, and the other way round. */
const busyTimeoutMs = 10_000;

/**
 * Opens an archive that somebody else may have written: nothing in its schema is trusted, damaged cells are noticed,
 * and the file is not mapped into memory, where a read error would end the process.
 * @throws RecoveryError `unreadable-archive`, `archive-version-mismatch`
 */
export function openArchiveForReading(path: string): Database.Database {
  checkFile(path);
  return guarded(path, () => {
    const db = openSqlite(path, { readonly: true, fileMustExist: true, timeout: busyTimeoutMs });
    return prepared(db, path);
  });
}

/**
 * Opens an archive for appending; a write that a crash interrupted is undone by SQLite here.
 * @throws RecoveryError `unreadable-archive`, `archive-version-mismatch`
 */
export function openArchiveForWriting(path: string): Database.Database {
  checkFile(path);
  return guarded(path, () => {
    const db = openSqlite(path, { fileMustExist: true, timeout: busyTimeoutMs });
    return assertDurable(prepared(db, path), path);
  });
}

/** Makes a new archive with empty tables. The file must not exist. */
export function createArchiveDatabase(path: string, id: string, source: string): Database.Database {
  return guarded(path, () => {
    const db = openSqlite(path, { timeout: busyTimeoutMs });
    db.pragma(`page_size = ${archivePageSize}`);
    assertDurable(db, path);
    db.transaction(() => {
      // Another process was faster: it is writing to it now.
      if (db.prepare('SELECT count(*) FROM sqlite_schema').pluck().get() !== 0) throw lockedArchive(path);
      for (const statement of archiveSchema) db.exec(statement);
      writeArchiveHead(db, { id, source, commits: 0, sealed: false }, []);
      db.pragma(`application_id = ${archiveApplicationId}`);
      db.pragma(`user_version = ${archiveFormatVersion}`);
    }).immediate();
    return db;
  });
}

/** Runs work on an archive and turns what SQLite throws into errors with a code. */
export function guarded<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw translateSqliteError(error, path);
  }
}

function prepared(db: Database.Database, path: string): Database.Database {
  try {
    db.pragma('trusted_schema = OFF');
    db.pragma('cell_size_check = ON');
    db.pragma('mmap_size = 0');
    db.pragma('query_only = ' + (db.readonly ? 'ON' : 'OFF'));
    checkFormat(db, path);
    checkLength(db, path);
    checkSchema(db, path);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/**
 * A rollback journal, not a WAL: archives are appended to, so the journal stays small, everything is written once, and at
 * rest there is one file, which is safe to copy. While it is open the journal is emptied after each commit instead of
 * deleted, which is as safe and costs less; `closeWritten` deletes it.
 */
function assertDurable(db: Database.Database, path: string): Database.Database {
  const mode = db.pragma('journal_mode = TRUNCATE', { simple: true });
  db.pragma('synchronous = FULL');
  if (mode !== 'truncate' || db.pragma('synchronous', { simple: true }) !== 2) {
    db.close();
    throw new RecoveryError(
      'disk-write-failed',
      `${path}: SQLite does not agree to write durably here (journal mode ${String(mode)})`,
    );
  }
  return db;
}

/** Closes an archive that was written to, and leaves one file. */
export function closeWritten(db: Database.Database): void {
  if (!db.open) return;
  try {
    db.pragma('journal_mode = DELETE');
  } finally {
    db.close();
  }
}

/**
 * What the file says about itself, so that the usual damage gets a message of its own. Asked through SQLite's connection:
 * opening the file beside it and closing it again would give up the locks that this process holds on it.
 */
function checkFormat(db: Database.Database, path: string): void {
  if (db.pragma('application_id', { simple: true }) !== archiveApplicationId) {
    throw unreadableArchive(path, 'a SQLite database, but not an archive');
  }
  const version = db.pragma('user_version', { simple: true });
  const known: readonly unknown[] = Object.values(archiveVersions);
  if (known.includes(version)) return;
  throw new RecoveryError(
    'archive-version-mismatch',
    `${path}: written in version ${String(version)} of the format; this program reads ${known.slice(0, -1).join(', ')} and ${String(known.at(-1))}`,
    {
      hint: 'use the version of Eventmend that wrote it, or export it there and import it here',
      details: { path, version },
    },
  );
}

/** SQLite itself overlooks a last page that is cut. */
function checkLength(db: Database.Database, path: string): void {
  const pages = Number(db.pragma('page_count', { simple: true }));
  const expected = pages * Number(db.pragma('page_size', { simple: true }));
  const { size } = statSync(path);
  if (size < expected) throw unreadableArchive(path, `truncated: it should have ${expected} bytes and has ${size}`);
}

function checkFile(path: string): void {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) {
    throw unreadableArchive(path, 'there is no such archive', {
      hint: 'check the path; "eventmend archive import" makes an archive',
    });
  }
  if (!stat.isFile()) throw unreadableArchive(path, 'not a file');
  if (stat.size < 512) throw unreadableArchive(path, 'truncated, or not an archive: it is too short');
}

/** The schema must be ours to the letter: no view, trigger or index that somebody slipped in. */
function checkSchema(db: Database.Database, path: string): void {
  const found = db.prepare('SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY sql').pluck().all();
  const damaged = holdsDamage(Number(db.pragma('user_version', { simple: true })));
  const expected = [...archiveSchema, ...(damaged ? damageSchema : [])].sort();
  if (found.length !== expected.length || expected.some((sql, i) => sql !== found[i])) {
    throw unreadableArchive(path, 'its tables are not those of an archive');
  }
}
