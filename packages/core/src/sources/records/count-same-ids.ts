import { createHash } from 'node:crypto';
import { canonicalJson } from '../../model/json/canonical-json.js';
import type { RecordedOutput, RecordedOutputs } from '../../model/records/recorded-outputs.js';
import { openSqlite } from '../drivers/open-sqlite.js';

/** Outputs that share the business id of an earlier one. */
export interface SameIds {
  /** With the same content: sent twice. */
  readonly repeated: number;
  /** With another content: which of them holds is not known. */
  readonly contradicting: number;
  /** The first contradiction: the id, and the places of both outputs among all. */
  readonly first: { readonly id: string; readonly seq: number; readonly earlier: number } | null;
}

/** Reads all outputs once; their ids go through a temporary file, so that the memory stays bounded. */
export async function countSameIds(outputs: Pick<RecordedOutputs, 'read'>): Promise<SameIds> {
  const database = openSqlite('');
  let repeated = 0;
  let contradicting = 0;
  let first: SameIds['first'] = null;
  try {
    database.exec('CREATE TABLE sent (id TEXT PRIMARY KEY, content BLOB NOT NULL, seq INTEGER NOT NULL) WITHOUT ROWID');
    const insert = database.prepare('INSERT OR IGNORE INTO sent VALUES (?, ?, ?)');
    const earlier = database.prepare<[string], { readonly content: Buffer; readonly seq: number }>(
      'SELECT content, seq FROM sent WHERE id = ?',
    );
    database.exec('BEGIN');
    for await (const batch of outputs.read()) {
      for (const output of batch) {
        const { businessId, seq } = output;
        if (businessId === null) continue;
        const content = contentOf(output);
        if (insert.run(businessId, content, seq).changes === 1) continue;
        const before = earlier.get(businessId);
        if (before === undefined || before.content.equals(content)) repeated++;
        else {
          contradicting++;
          first ??= { id: businessId, seq, earlier: before.seq };
        }
      }
    }
    database.exec('COMMIT');
    return { repeated, contradicting, first };
  } finally {
    database.close();
  }
}

/** What the receivers saw; when it was sent is not part of it. */
function contentOf({ output, key, value }: RecordedOutput): Buffer {
  return createHash('sha256')
    .update(canonicalJson([output, key, value]))
    .digest();
}
