import { existsSync } from 'node:fs';
import Database from 'better-sqlite3';
import { guarded } from './open-archive-database.js';

/** Lets SQLite roll a half-written transaction back before anything else looks at the file. */
export function undoInterruptedWrite(path: string): void {
  if (!existsSync(`${path}-journal`)) return;
  guarded(path, () => {
    const db = new Database(path);
    try {
      db.prepare('SELECT count(*) FROM sqlite_schema').get();
    } finally {
      db.close();
    }
  });
}
