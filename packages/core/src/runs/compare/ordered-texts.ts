import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { RecoveryError } from '../../model/errors/recovery-error.js';
import { openSqlite } from '../../sources/drivers/open-sqlite.js';
import { compareCodePoints } from '../../sources/snapshots/ndjson/compare-code-points.js';

/** Texts by their keys, put into the order of the code points on disk: neither their number nor their size is held in memory. */
export interface OrderedTexts {
  add(key: string, text: string): void;
  /** Those of one key in the order in which they came. Nothing is added any more. */
  read(): Iterable<readonly [key: string, text: string]>;
  close(): void;
}

const rowsPerTransaction = 10_000;

/** Tells the files of one process apart. */
let opened = 0;

/** @param folder where its file is until it is closed; made if it is not there */
export function openOrderedTexts(folder: string): OrderedTexts {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `ordered-${process.pid}-${opened++}.scratch`);
  rmSync(file, { force: true });
  const database = openSqlite(file);
  // Nothing in it outlives the process, so nothing needs to be safe against a crash.
  database.pragma('journal_mode = OFF');
  database.pragma('synchronous = OFF');
  database.exec('CREATE TABLE entry (place INTEGER PRIMARY KEY, key TEXT NOT NULL, body TEXT NOT NULL)');
  const insert = database.prepare<[string, string]>('INSERT INTO entry (key, body) VALUES (?, ?)');
  let last: string | null = null;
  let isRising = true;
  let pending = 0;
  const commit = () => {
    if (database.inTransaction) refusedByDisk(() => database.exec('COMMIT'));
    pending = 0;
  };
  return {
    add(key, text) {
      isRising &&= last === null || compareCodePoints(key, last) >= 0;
      last = key;
      if (pending++ === 0) database.exec('BEGIN');
      refusedByDisk(() => insert.run(key, text));
      if (pending === rowsPerTransaction) commit();
    },
    read() {
      commit();
      // What came in order is read as it came; sorting would write all of it once more.
      const order = isRising ? 'place' : 'key, place';
      return database.prepare<[], [string, string]>(`SELECT key, body FROM entry ORDER BY ${order}`).raw().iterate();
    },
    close() {
      database.close();
      rmSync(file, { force: true });
    },
  };
}

function refusedByDisk(write: () => unknown): void {
  try {
    write();
  } catch (cause) {
    throw new RecoveryError('disk-write-failed', 'the disk refused what is kept aside while it is compared', {
      hint: 'make room in the folder of the store and run the same command again',
      cause,
    });
  }
}
