import type Database from 'better-sqlite3';

/** What is stored under a name; undefined where there is nothing. */
export function readProgress(db: Database.Database, name: string): unknown {
  const body = db.prepare('SELECT body FROM progress WHERE name = ?').pluck().get(name);
  return typeof body === 'string' ? (JSON.parse(body) as unknown) : undefined;
}

/** What is stored under all names that begin with the prefix, sorted by name. */
export function readProgressOf(db: Database.Database, prefix: string): readonly unknown[] {
  const bodies = db
    .prepare('SELECT body FROM progress WHERE substr(name, 1, ?) = ? ORDER BY name')
    .pluck()
    .all(prefix.length, prefix);
  return bodies.map((body) => JSON.parse(String(body)) as unknown);
}

/** The last of these names; null where there is none. */
export function lastProgressName(db: Database.Database, prefix: string): string | null {
  const name: unknown = db
    .prepare('SELECT max(name) FROM progress WHERE name >= ? AND name < ?')
    .pluck()
    .get(prefix, `${prefix}\uffff`);
  return typeof name === 'string' ? name : null;
}

/** All rows as name and body, for the digest of the archive. */
export function readProgressRows(db: Database.Database): readonly unknown[] {
  return db.prepare('SELECT name, body FROM progress ORDER BY name').raw().all();
}

/** The same, to be written elsewhere. */
export function readProgressEntries(db: Database.Database): readonly (readonly [name: string, body: string])[] {
  return readProgressRows(db) as readonly (readonly [string, string])[];
}

export function writeProgress(db: Database.Database, name: string, body: string): void {
  progressWriter(db)(name, body);
}

/** The same for many names, prepared once. */
export function progressWriter(db: Database.Database): (name: string, body: string) => void {
  const statement = db.prepare(
    'INSERT INTO progress VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET body = excluded.body',
  );
  return (name, body) => void statement.run(name, body);
}
