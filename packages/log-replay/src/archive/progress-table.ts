import type Database from 'better-sqlite3';

/** What is stored under all names that begin with the prefix, sorted by name. */
export function readProgress(db: Database.Database, prefix: string): readonly unknown[] {
  const bodies = db
    .prepare('SELECT body FROM progress WHERE substr(name, 1, ?) = ? ORDER BY name')
    .pluck()
    .all(prefix.length, prefix);
  return bodies.map((body) => JSON.parse(String(body)) as unknown);
}
