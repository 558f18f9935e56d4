import { openArchiveForWriting, guarded } from './open-archive-database.js';
import { readPartitions } from './partition-table.js';
import { sealDigest } from './seal-digest.js';
import { undoInterruptedWrite } from './undo-interrupted-write.js';

export interface SealResult {
  /** SHA-256 in hex over everything that the archive holds; note it elsewhere to recognise the archive later. */
  readonly digest: string;
  /** It was sealed before; nothing was changed. */
  readonly already: boolean;
}

/**
 * Closes an archive for good: nothing can be added any more, and its content has one digest.
 * @throws RecoveryError EM2001, EM2002, EM2003
 */
export function sealArchive(path: string): SealResult {
  undoInterruptedWrite(path);
  const db = openArchiveForWriting(path);
  try {
    return guarded(path, () =>
      db
        .transaction((): SealResult => {
          const row = db.prepare('SELECT id, source, seal FROM archive').get() as {
            readonly id: string;
            readonly source: string;
            readonly seal: Buffer | null;
          };
          if (row.seal !== null) return { digest: row.seal.toString('hex'), already: true };
          const digest = sealDigest(row.id, row.source, readPartitions(db, path));
          db.prepare('UPDATE archive SET seal = ?, commits = commits + 1').run(digest);
          return { digest: digest.toString('hex'), already: false };
        })
        .immediate(),
    );
  } finally {
    db.close();
  }
}
