import { readArchiveIndex, writeArchiveHead } from './archive-index.js';
import { closeWritten, guarded, openArchiveForWriting } from './open-archive-database.js';
import { undoInterruptedWrite } from './undo-interrupted-write.js';

export interface SealResult {
  /** SHA-256 in hex over everything that the archive holds; note it elsewhere to recognise the archive later. */
  readonly digest: string;
  /** It was sealed before; nothing was changed. */
  readonly already: boolean;
}

/**
 * Closes an archive for good: nothing can be added any more, and its content has one digest.
 * @throws RecoveryError `unreadable-archive`, `corrupt-archive-segment`, `archive-version-mismatch`
 */
export function sealArchive(path: string): SealResult {
  undoInterruptedWrite(path);
  const db = openArchiveForWriting(path);
  try {
    return guarded(path, () =>
      db
        .transaction((): SealResult => {
          const index = readArchiveIndex(db, path);
          if (index.sealed) return { digest: index.digest.toString('hex'), already: true };
          const digest = writeArchiveHead(db, { ...index, commits: index.commits + 1, sealed: true }, index.partitions);
          return { digest: digest.toString('hex'), already: false };
        })
        .immediate(),
    );
  } finally {
    closeWritten(db);
  }
}
