import { existsSync } from 'node:fs';
import { guarded } from './open-archive-database.js';
import { openSqlite } from '../drivers/open-sqlite.js';

/** Lets SQLite roll a half-written transaction back before anything else looks at the file. */
export function undoInterruptedWrite(path: string): void {
  if (!existsSync(`${path}-journal`)) return;
  guarded(path, () => {
    const db = openSqlite(path);
    try {
      db.prepare('SELECT count(*) FROM sqlite_schema').get();
    } finally {
      db.close();
    }
  });
}
