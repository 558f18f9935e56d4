import {
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  mkdtempSync,
  openSync,
  readSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type Database from 'better-sqlite3';
import { loadDriver } from '../drivers/load-driver.js';
import { openSqlite } from '../drivers/open-sqlite.js';

/** Bytes 18 and 19 of a database say how it is written and read: 1 with a rollback journal, 2 with a write-ahead log. */
const formatVersions = 18;

/**
 * True for a database with a write-ahead log whose log does not stand beside it. Where the service has closed it cleanly,
 * nothing is missing; in a copy of the one file, the newest rows are.
 */
export function lacksWriteAheadLog(file: string): boolean {
  return usesWriteAheadLog(file) && !existsSync(`${file}-wal`);
}

/**
 * Opens a database that is not ours, for reading, so that no file appears beside it: to read one with a write-ahead log,
 * SQLite makes the files that such a log needs where they are missing, and then a copy is read.
 * @throws what SQLite and the file system throw
 */
export function openSqliteInput(file: string, lockedAfterMs: number): Database.Database {
  loadDriver('better-sqlite3', file); // told before anything is wrong with the file
  const options = { readonly: true, fileMustExist: true, timeout: lockedAfterMs };
  const complete = existsSync(`${file}-wal`) && existsSync(`${file}-shm`);
  if (complete || !usesWriteAheadLog(file)) return openSqlite(file, options);
  const folder = mkdtempSync(join(tmpdir(), 'eventmend-sqlite-'));
  try {
    const copy = join(folder, 'copy.db');
    copyFileSync(file, copy, constants.COPYFILE_FICLONE);
    if (existsSync(`${file}-wal`)) copyFileSync(`${file}-wal`, `${copy}-wal`, constants.COPYFILE_FICLONE);
    else useRollbackJournal(copy);
    const database = openSqlite(copy, options);
    try {
      // Read once, so that all its files are open before their names go.
      database.prepare('SELECT count(*) FROM sqlite_master').get();
      return database;
    } catch (error) {
      database.close();
      throw error;
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function usesWriteAheadLog(file: string): boolean {
  const fd = openSync(file, 'r');
  try {
    const versions = Buffer.alloc(2);
    return readSync(fd, versions, 0, 2, formatVersions) === 2 && versions[0] === 2 && versions[1] === 2;
  } finally {
    closeSync(fd);
  }
}

function useRollbackJournal(copy: string): void {
  const fd = openSync(copy, 'r+');
  try {
    writeSync(fd, Buffer.from([1, 1]), 0, 2, formatVersions);
  } finally {
    closeSync(fd);
  }
}
