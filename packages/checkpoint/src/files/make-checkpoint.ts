import { LiveStore } from '../store/live-store.js';
import type { CommitLink } from '../store/stored-rows.js';
import { emptySum, HashSum } from '../store/hash-sum.js';
import { hashRow } from '../store/state-row.js';
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
 * @throws RecoveryError `corrupt-checkpoint-store` where a row does not match its hash, or rows are gone
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
    // Begun with the first row: one that nobody reads to its end would keep the connection from being closed.
    const rows = (): Iterable<StoredStateRow> => (base === null ? allRows(store) : touchedRows(store, base.seq));
    const written = writeCheckpointFile(
      job.file,
      {
        ...job.header,
        takenAt: job.takenAt,
        position,
        keys: link.keys,
        base: base === null ? null : { id: base.id, sha256: base.sha256 },
        commit: { sequence: link.seq, events: link.events, chain: link.chain, states_sum: link.statesSum },
        recent_ids: store.recentIds().map(({ id, place }) => [id, place]),
      },
      checkedRows(store, rows, base === null ? link : null),
    );
    return { ...written, base: base?.id ?? null, link };
  } finally {
    store.close();
  }
}

/** What the disk has spoilt must not get a digest that says that it is whole. */
function* checkedRows(
  store: LiveStore,
  rows: () => Iterable<StoredStateRow>,
  all: Pick<CommitLink, 'statesSum'> | null,
): Generator<StoredStateRow> {
  const sum = new HashSum(emptySum);
  for (const row of rows()) {
    if (hashRow(row.key, row.text, row.proof) !== row.hash)
      throw store.damaged(`the row of key ${JSON.stringify(row.key.slice(0, 100))} does not match its hash`);
    if (all !== null) sum.add(row.hash);
    yield row;
  }
  if (all !== null && sum.toString() !== all.statesSum)
    throw store.damaged('rows of states are not all there, or are older than the newest commit');
}

function allRows({ database }: LiveStore): Iterable<StoredStateRow> {
  return database.prepare<[], StoredStateRow>('SELECT key, text, proof, hash FROM states ORDER BY key').iterate();
}

function touchedRows({ database }: LiveStore, since: number): Iterable<StoredStateRow> {
  const statement = database.prepare<[number], StoredStateRow>(
    `SELECT key, text, proof, hash FROM states
     WHERE key IN (SELECT key FROM touched WHERE seq > ?) ORDER BY key`,
  );
  return statement.iterate(since);
}

function isWorthwhile({ database }: LiveStore, seq: number, link: CommitLink): boolean {
  const limit = Math.ceil(link.keys * worthwhileShare);
  const changed = database
    .prepare<[number, number], number>('SELECT count(*) FROM (SELECT DISTINCT key FROM touched WHERE seq > ? LIMIT ?)')
    .pluck()
    .get(seq, limit + 1);
  return (changed ?? 0) <= limit;
}
