import { createHash } from 'node:crypto';
import type Database from 'better-sqlite3';
import { comparePartitions } from '../../model/log/partition-id.js';
import { unreadableArchive } from './archive-failures.js';
import { hashSummary, isSameHash, type PartitionSummary } from './partition-summary.js';
import { readPartitions } from './partition-table.js';
import { readProgressRows } from './progress-table.js';

/** What an archive says of itself; small, and read before anything else. */
export interface ArchiveHead {
  readonly id: string;
  readonly source: string;
  /** Rises with every commit: a writer notices by it that another one was here. */
  readonly commits: number;
  /** Nothing can be added any more. */
  readonly sealed: boolean;
}

export interface ArchiveIndex extends ArchiveHead {
  /** SHA-256 over the head, the progress of imports and, through the summaries and their chains, all that is archived. */
  readonly digest: Buffer;
  /** Sorted by `comparePartitions`. */
  readonly partitions: readonly PartitionSummary[];
}

interface ArchiveRow {
  readonly id: string;
  readonly source: string;
  readonly commits: number;
  readonly sealed: number;
  readonly digest: Buffer;
}

/**
 * Reads head and summaries, and makes sure that they belong together: a partition that a damaged page hides is noticed.
 * @throws RecoveryError `unreadable-archive`, `corrupt-archive-segment`
 */
export function readArchiveIndex(db: Database.Database, path: string): ArchiveIndex {
  const row = db.prepare('SELECT id, source, commits, sealed, digest FROM archive').get() as ArchiveRow | undefined;
  if (row === undefined) throw unreadableArchive(path, 'damaged: it says nothing of itself');
  const head: ArchiveHead = { id: row.id, source: row.source, commits: row.commits, sealed: row.sealed !== 0 };
  const partitions = readPartitions(db, path);
  const digest = digestOf(db, head, partitions);
  if (isSameHash(digest, row.digest)) return { ...head, digest, partitions };
  throw unreadableArchive(path, 'damaged: what it says of itself does not match its hash');
}

/** Writes the head, and its digest over what the transaction has written so far: call it last. */
export function writeArchiveHead(
  db: Database.Database,
  head: ArchiveHead,
  partitions: readonly PartitionSummary[],
): Buffer {
  const digest = digestOf(db, head, [...partitions].sort(comparePartitions));
  db.prepare(
    `INSERT INTO archive VALUES (1, :id, :source, :commits, :sealed, :digest)
     ON CONFLICT (one) DO UPDATE SET commits = :commits, sealed = :sealed, digest = :digest`,
  ).run({ ...head, sealed: head.sealed ? 1 : 0, digest });
  return digest;
}

function digestOf(db: Database.Database, head: ArchiveHead, sorted: readonly PartitionSummary[]): Buffer {
  const text = JSON.stringify([head.id, head.source, head.commits, head.sealed, sorted.length, readProgressRows(db)]);
  const hash = createHash('sha256').update(text);
  for (const summary of sorted) hash.update(hashSummary(summary));
  return hash.digest();
}
