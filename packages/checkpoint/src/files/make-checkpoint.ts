import { LiveStore, type CommitLink } from '../store/live-store.js';
import {
  writeCheckpointFile,
  type CheckpointToWrite,
  type StoredStateRow,
  type WrittenCheckpoint,
} from './checkpoint-file.js';

/** What a thread needs to make one checkpoint; plain data. */
export interface CheckpointJob {
  /** Where the file is to be. */
  readonly file: string;
  readonly takenAt: number;
  readonly header: Pick<CheckpointToWrite, 'id' | 'worker' | 'worker_hash' | 'state_version' | 'previous' | 'omits'>;
  /** What an incremental checkpoint may stand on; null where it is to be full. */
  readonly base: { readonly id: string; readonly sha256: string; readonly seq: number } | null;
}

export interface MadeCheckpoint extends WrittenCheckpoint {
  readonly base: string | null;
  readonly link: CommitLink;
}

/** Above this share of all rows an incremental checkpoint saves nothing, and its restore costs more. */
const worthwhileShare = 0.5;

/**
 * Reads one moment of the store on a connection of its own, while the worker goes on committing, and writes it as a
 * checkpoint.
 */
export function makeCheckpoint(storeFile: string, job: CheckpointJob): MadeCheckpoint {
  const store = new LiveStore(storeFile, { create: false, busyMs: 60_000 });
  const { database } = store;
  try {
    // The first read fixes the moment; WAL keeps it for as long as the transaction is open.
    database.exec('BEGIN');
    const link = store.link();
    const position = store.partitions();
    const base = job.base !== null && isWorthwhile(store, job.base.seq, link) ? job.base : null;
    const rows =
      base === null
        ? database.prepare<[], StoredStateRow>('SELECT key, text, proof, hash FROM states ORDER BY key').iterate()
        : database
            .prepare<[number], StoredStateRow>(
              `SELECT key, text, proof, hash FROM states
               WHERE key IN (SELECT key FROM touched WHERE seq > ?) ORDER BY key`,
            )
            .iterate(base.seq);
    const written = writeCheckpointFile(
      job.file,
      {
        ...job.header,
        takenAt: job.takenAt,
        position,
        recentIds: store.recentIds(),
        keys: link.keys,
        base: base === null ? null : { id: base.id, sha256: base.sha256 },
        commit: { sequence: link.seq, events: link.events, chain: link.chain },
      },
      rows,
    );
    return { ...written, base: base?.id ?? null, link };
  } finally {
    store.close();
  }
}

function isWorthwhile({ database }: LiveStore, seq: number, link: CommitLink): boolean {
  const limit = Math.ceil(link.keys * worthwhileShare);
  const changed = database
    .prepare<[number, number], number>('SELECT count(*) FROM (SELECT DISTINCT key FROM touched WHERE seq > ? LIMIT ?)')
    .pluck()
    .get(seq, limit + 1);
  return (changed ?? 0) <= limit;
}
