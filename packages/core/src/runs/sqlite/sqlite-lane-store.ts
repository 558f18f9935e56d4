import { hash as hashOnce } from 'node:crypto';
import { hashState } from '../../engine/digest/state-digest.js';
import { RecoveryError } from '../../model/errors/recovery-error.js';
import type { Cause } from '../../model/provenance/provenance.js';
import { foreignKeyError, isOpen } from '../../engine/store/memory-run-store.js';
import {
  baselineLane,
  type LaneCommit,
  type LaneHead,
  type LaneNumber,
  type LaneStore,
  type OutputChunk,
  type StoredState,
} from '../../engine/store/run-store.js';
import { readHeadFile, type ChainHead, type HeadFile } from '../../sources/drivers/head-file.js';
import { withStorageErrors } from '../../sources/drivers/storage-error.js';
import { runStoreFormat, type RunDatabase } from './open-run-database.js';

/** How JSON writes a head: no watermark is null there. */
function headToText(head: LaneHead): string {
  return JSON.stringify(head);
}

function headFromText(text: string): LaneHead {
  const head = JSON.parse(text) as LaneHead;
  return {
    ...head,
    partitions: head.partitions.map((part) => ({
      ...part,
      order: {
        watermark: (part.order.watermark as number | null) ?? -Infinity,
        clock: (part.order.clock as number | null) ?? -Infinity,
      },
    })),
  };
}

const firstLink = hashOnce('sha256', 'eventmend commits 1');

function damaged(file: string, what: string): RecoveryError {
  return new RecoveryError('corrupt-run-store', `${file}: ${what}`, {
    hint: 'remove this run with `eventmend runs --remove RUN` and recover again from the plan',
  });
}

/** Opens one lane of a run. @throws RecoveryError `corrupt-run-store` where chain, head and head file do not agree */
export function openSqliteLane(
  database: RunDatabase,
  file: string,
  headPath: string,
  headFile: HeadFile,
  lane: LaneNumber,
): LaneStore {
  let link = readLink(database, lane);
  let head = readHead(database, lane);
  checkChain(file, lane, head, link, readHeadFile(headPath, lane));

  // What this process has written itself is not held against its hash each time that it is read again.
  const isOwn = head === null;
  const selectState = database.prepare<[string], StoredState>(
    'SELECT text, provenance, hash, lane FROM state WHERE key = ?',
  );
  const upsertState = database.prepare(
    `INSERT INTO state (key, lane, text, provenance, hash) VALUES (?, ${lane}, ?, ?, ?)
     ON CONFLICT (key) DO UPDATE SET lane = excluded.lane, text = excluded.text, provenance = excluded.provenance, hash = excluded.hash
     WHERE lane IN (${baselineLane}, ${lane})`,
  );
  const upsertChunk = database.prepare(
    `INSERT OR REPLACE INTO output_chunk (lane, number, count, text, hash) VALUES (${lane}, ?, ?, ?, ?)`,
  );
  const insertSet = database.prepare(`INSERT INTO provenance (lane, id, causes) VALUES (${lane}, ?, ?)`);
  const insertQuarantined = database.prepare(
    `INSERT INTO quarantined (lane, source, topic, incarnation, partition, offset, keys, code, reason)
     VALUES (${lane}, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const insertBlocked = database.prepare(`INSERT INTO blocked_key (lane, key) VALUES (${lane}, ?)`);
  const insertIds = database.prepare(`INSERT INTO recent_ids (lane, first, ids) VALUES (${lane}, ?, ?)`);
  const deleteIds = database.prepare(
    `DELETE FROM recent_ids WHERE lane = ${lane} AND first + json_array_length(ids) <= ?`,
  );
  const upsertHead = database.prepare(`INSERT OR REPLACE INTO heads (lane, seq, head) VALUES (${lane}, ?, ?)`);
  const insertLink = database.prepare(`INSERT INTO commits (lane, seq, head_hash, chain) VALUES (${lane}, ?, ?, ?)`);

  const write = database.transaction((commit: LaneCommit, headText: string, headHash: string, chain: string) => {
    for (const state of commit.states) {
      const { changes } = upsertState.run(state.key, state.text, state.provenance, state.hash);
      if (changes === 0) throw foreignKeyError(state.key);
    }
    for (const chunk of commit.chunks) upsertChunk.run(chunk.number, chunk.count, chunk.text, chunk.hash);
    for (const { id, causes } of commit.provenance) insertSet.run(id, JSON.stringify(causes));
    for (const { partition, offset, keys, code, reason } of commit.quarantined) {
      const { source, topic, incarnation } = partition;
      const keysText = keys === null ? null : JSON.stringify(keys);
      insertQuarantined.run(source, topic, incarnation, partition.partition, offset, keysText, code, reason);
    }
    for (const key of commit.blockedKeys) insertBlocked.run(key);
    if (commit.recentIds !== null) {
      const { first, ids, keepFrom } = commit.recentIds;
      if (ids.length > 0) insertIds.run(first, JSON.stringify(ids));
      deleteIds.run(keepFrom);
    }
    upsertHead.run(commit.head.seq, headText);
    insertLink.run(commit.head.seq, headHash, chain);
  });

  return {
    get head() {
      return head;
    },
    provenance: () =>
      database
        .prepare<[], string>(`SELECT causes FROM provenance WHERE lane = ${lane} ORDER BY id`)
        .pluck()
        .all()
        .map((causes) => JSON.parse(causes) as readonly Cause[]),
    openChunk: () => {
      const last = database
        .prepare<[], OutputChunk>(
          `SELECT number, count, text, hash FROM output_chunk WHERE lane = ${lane} ORDER BY number DESC LIMIT 1`,
        )
        .get();
      return last !== undefined && head !== null && isOpen(head, last) ? last : null;
    },
    blockedKeys: () => database.prepare(`SELECT key FROM blocked_key WHERE lane = ${lane}`).pluck().all() as string[],
    recentIds: () =>
      database
        .prepare(`SELECT ids FROM recent_ids WHERE lane = ${lane} ORDER BY first`)
        .pluck()
        .all()
        .flatMap((ids) => JSON.parse(ids as string) as (string | null)[]),
    load: (key) => {
      const stored = withStorageErrors(file, runStoreFormat, () => selectState.get(key));
      if (stored === undefined) return undefined;
      if (stored.lane !== baselineLane && stored.lane !== lane) throw foreignKeyError(key);
      if (isOwn && stored.lane === lane) return stored;
      if (stored.text !== null && hashState(key, JSON.parse(stored.text)) !== stored.hash) {
        throw damaged(file, `the state of key ${JSON.stringify(key)} does not match its hash`);
      }
      return stored;
    },
    commit: (commit) => {
      const headText = headToText(commit.head);
      const headHash = hashOnce('sha256', headText);
      const chain = hashOnce('sha256', (link?.chain ?? firstLink) + headHash);
      withStorageErrors(file, runStoreFormat, () => {
        write.immediate(commit, headText, headHash, chain);
        headFile.write(lane, { seq: commit.head.seq, chain });
      });
      head = commit.head;
      link = { seq: commit.head.seq, chain, headHash };
    },
  };
}

interface Link extends ChainHead {
  readonly headHash: string;
}

function readLink(database: RunDatabase, lane: LaneNumber): Link | null {
  const row = database
    .prepare<[], Link>(
      `SELECT seq, chain, head_hash AS headHash FROM commits WHERE lane = ${lane} ORDER BY seq DESC LIMIT 1`,
    )
    .get();
  return row ?? null;
}

function readHead(database: RunDatabase, lane: LaneNumber): LaneHead | null {
  const text = database.prepare(`SELECT head FROM heads WHERE lane = ${lane}`).pluck().get();
  return typeof text === 'string' ? headFromText(text) : null;
}

function checkChain(
  file: string,
  lane: LaneNumber,
  head: LaneHead | null,
  link: Link | null,
  outside: ChainHead | null,
): void {
  if ((head === null) !== (link === null)) throw damaged(file, `lane ${lane} has a head without a chain of commits`);
  if (head !== null && link !== null) {
    if (head.seq !== link.seq) throw damaged(file, `lane ${lane} is at commit ${head.seq}, its chain at ${link.seq}`);
    if (hashOnce('sha256', headToText(head)) !== link.headHash) {
      throw damaged(file, `the head of lane ${lane} does not match its hash`);
    }
  }
  if (outside === null) return;
  if (link === null || link.seq < outside.seq) {
    throw damaged(
      file,
      `it holds ${link?.seq ?? 0} commits of lane ${lane}, but ${outside.seq} were made: an older copy was put back, or its -wal file is gone`,
    );
  }
  if (link.seq === outside.seq && link.chain !== outside.chain) {
    throw damaged(file, `commit ${link.seq} of lane ${lane} is another one than was made`);
  }
}
