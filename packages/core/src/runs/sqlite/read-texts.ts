import type { StoredText } from '../../engine/store/run-store.js';
import type { RunDatabase } from './open-run-database.js';

type Row = readonly [key: string, text: string | null, provenance: number, lane: number];

const rowsPerPage = 1000;

/** All states in the order of their keys, page by page: a step of SQLite for each row takes more than twice as long. */
export function* readTexts(database: RunDatabase): Iterable<StoredText> {
  const page = (from: '>=' | '>') =>
    database
      .prepare<[string], Row>(
        `SELECT key, text, provenance, lane FROM state WHERE key ${from} ? ORDER BY key LIMIT ${rowsPerPage}`,
      )
      .raw();
  const next = page('>');
  let rows = page('>=').all('');
  for (let last = rows.at(-1); last !== undefined; last = rows.at(-1)) {
    for (const [key, text, provenance, lane] of rows) yield { key, text, provenance, lane };
    rows = next.all(last[0]);
  }
}
