import { createHash, hash as hashOnce } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { RecoveryError } from '../../model/errors/recovery-error.js';
import {
  isFilled,
  openDurableDatabase,
  type DatabaseFormat,
  type DurableDatabase,
} from '../../sources/drivers/durable-database.js';
import { withStorageErrors } from '../../sources/drivers/storage-error.js';
import { runFiles } from '../sqlite/run-folder.js';
import type { GuardedRow, OutboxBatch, OutboxRows, OutboxSeal } from './outbox.js';

/**
 * `outbox_batch` and `seal` are written once and never changed; `dropped` grows. An outbox beside the run's own database, so
 * that publishing changes nothing that was verified.
 */
const schema = `
CREATE TABLE seal (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE outbox_batch (
  partition INTEGER NOT NULL, first_seq INTEGER NOT NULL, count INTEGER NOT NULL, bytes BLOB NOT NULL, places BLOB NOT NULL,
  guarded TEXT NOT NULL, hash TEXT NOT NULL, PRIMARY KEY (partition, first_seq)
);
CREATE TABLE dropped (
  partition INTEGER NOT NULL, seq INTEGER NOT NULL, newer_at INTEGER NOT NULL, PRIMARY KEY (partition, seq)
) WITHOUT ROWID;
`;

const format: DatabaseFormat = {
  // "EMOB"
  applicationId: 0x454d4f42,
  version: 1,
  schema,
  name: 'an outbox',
  corrupt: 'corrupt-run-store',
  corruptHint: 'put back the folder of the run as it was; what was published already stands in the output topic',
  strangerHint: 'check the store folder of the incident',
  lockedHint: 'wait until the other process has ended; a run is published by one process at a time',
  otherVersion: 'run-store-version-mismatch',
  otherVersionHint: 'use the version of eventmend that sealed the outbox',
  missing: (file) =>
    new RecoveryError('run-not-found', `there is no outbox at ${file}`, { hint: 'publish the run first' }),
};

/** The files of one publication of a run. */
export function publicationFiles(
  store: string,
  runId: string,
  base: string,
): { readonly outbox: string; readonly report: string } {
  const { folder } = runFiles(store, runId);
  return { outbox: join(folder, `outbox-${base}.db`), report: join(folder, `publication-${base}.json`) };
}

/** A sealed outbox. To be closed. */
export interface Outbox {
  readonly seal: OutboxSeal;
  rows(partition: number): OutboxRows;
  /** Rows of a partition among the first `place` of all. */
  rowsBefore(partition: number, place: number): number;
  /** Rows that were left out, since something newer stood at their key. */
  readonly dropped: number;
  close(): void;
}

/** Batches on their way into a new outbox. */
export interface OutboxDraft {
  add(partition: number, batch: OutboxBatch): void;
  /** Makes it an outbox: all at once, and durable. */
  seal(seal: Omit<OutboxSeal, 'chain'>): void;
  close(): void;
}

interface BatchRow {
  readonly first_seq: number;
  readonly count: number;
  readonly bytes: Buffer;
  readonly places: Buffer;
  readonly guarded: string;
  readonly hash: string;
}

/** Null where nothing was sealed yet. @throws RecoveryError `corrupt-run-store` where it does not match its seal */
export function openOutbox(file: string): Outbox | null {
  if (!existsSync(file)) return null;
  const database = openDurableDatabase(file, format, { create: false });
  try {
    const seal = readSeal(database);
    if (seal === null) {
      database.close();
      return null;
    }
    if (chainOf(database) !== seal.chain) throw damaged(file, 'its rows are not those that were sealed');
    return outboxOf(database, file, seal);
  } catch (error) {
    database.close();
    throw error;
  }
}

/** What an outbox was sealed as, without a look at its rows; null for a draft. Changes nothing of it. */
export function sealOfOutbox(file: string): OutboxSeal | null {
  // It was stopped while it was sealed: until that is undone or done again it is a draft, and only a writer can undo it.
  if (isFilled(`${file}-journal`)) return null;
  const database = openDurableDatabase(file, format, { create: false, readOnly: true });
  try {
    return readSeal(database);
  } finally {
    database.close();
  }
}

function readSeal(database: DurableDatabase): OutboxSeal | null {
  const text = database.prepare<[], string>("SELECT value FROM seal WHERE name = 'seal'").pluck().get();
  return text === undefined ? null : (JSON.parse(text) as OutboxSeal);
}

function outboxOf(database: DurableDatabase, file: string, seal: OutboxSeal): Outbox {
  const select = database.prepare<[number, number], BatchRow>(
    `SELECT first_seq, count, bytes, places, guarded, hash FROM outbox_batch
     WHERE partition = ? AND first_seq >= ? ORDER BY first_seq LIMIT 1`,
  );
  const begins = database
    .prepare<[number, number], number>('SELECT max(first_seq) FROM outbox_batch WHERE partition = ? AND first_seq <= ?')
    .pluck();
  const hasGuarded = database
    .prepare<[number], number>("SELECT count(*) FROM outbox_batch WHERE partition = ? AND guarded <> '[]'")
    .pluck();
  const droppedOf = database.prepare<[number], number>('SELECT seq FROM dropped WHERE partition = ?').pluck();
  const drop = database.prepare('INSERT OR IGNORE INTO dropped VALUES (?, ?, ?)');
  const dropAll = database.transaction(
    (partition: number, rows: readonly { readonly seq: number; readonly newerAt: number }[]) => {
      for (const { seq, newerAt } of rows) drop.run(partition, seq, newerAt);
    },
  );

  function* batches(partition: number, from: number): Iterable<OutboxBatch> {
    for (let next = begins.get(partition, from) ?? from; ;) {
      const row = select.get(partition, next);
      if (row === undefined) return;
      const batch = batchOf(row);
      if (hashOf(partition, batch) !== row.hash)
        throw damaged(file, `rows ${row.first_seq} and following do not match their hash`);
      if (row.first_seq + row.count > from) yield batch;
      next = row.first_seq + row.count;
    }
  }

  return {
    seal,
    rows(partition) {
      const dropped = new Set(droppedOf.all(partition));
      return {
        partition,
        rows: seal.partitions.find((part) => part.partition === partition)?.rows ?? 0,
        hasGuarded: (hasGuarded.get(partition) ?? 0) > 0,
        batches: (from) => batches(partition, from),
        dropped,
        drop(rows) {
          withStorageErrors(file, format, () => dropAll.immediate(partition, rows));
          for (const { seq } of rows) dropped.add(seq);
        },
      };
    },
    rowsBefore(partition, place) {
      let rows = 0;
      for (const { places, count } of batches(partition, 0)) {
        if ((places[count - 1] ?? 0) < place) {
          rows += count;
          continue;
        }
        return rows + places.findIndex((each) => each >= place);
      }
      return rows;
    },
    get dropped() {
      return database.prepare<[], number>('SELECT count(*) FROM dropped').pluck().get() ?? 0;
    },
    close: () => void database.close(),
  };
}

/** Begins a new outbox; what an earlier attempt left that never came to its seal is gone. */
export function draftOutbox(file: string): OutboxDraft {
  const database = openDurableDatabase(file, format, { create: true });
  const hashes = new Map<number, string[]>();
  const insert = database.prepare(
    'INSERT INTO outbox_batch (partition, first_seq, count, bytes, places, guarded, hash) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const guarded = <T>(work: () => T): T => withStorageErrors(file, format, work);
  // All of it is one transaction into a new file: a log beside it would only have every page written twice. As durable, and
  // whoever opens the outbox has the log again.
  guarded(() => database.pragma('journal_mode = DELETE'));
  guarded(() => database.exec('DELETE FROM outbox_batch; BEGIN IMMEDIATE'));
  return {
    add(partition, batch) {
      const { firstSeq, count, bytes, places } = batch;
      const placesBytes = Buffer.from(places.buffer, places.byteOffset, places.byteLength);
      const hash = hashOf(partition, batch);
      const row = [partition, firstSeq, count, bytes, placesBytes, JSON.stringify(batch.guarded), hash];
      guarded(() => insert.run(...row));
      const before = hashes.get(partition);
      if (before === undefined) hashes.set(partition, [hash]);
      else before.push(hash);
    },
    seal(seal) {
      guarded(() => {
        // From memory: opening the outbox holds the file against it.
        const byPartition = [...hashes].sort(([one], [other]) => one - other);
        const text = JSON.stringify({ ...seal, chain: chainOver(byPartition.flatMap(([, each]) => each)) });
        database.prepare("INSERT INTO seal VALUES ('seal', ?)").run(text);
        database.exec('COMMIT');
      });
    },
    close() {
      if (database.inTransaction) database.exec('ROLLBACK');
      database.close();
    },
  };
}

function batchOf({ first_seq: firstSeq, count, bytes, places, guarded }: BatchRow): OutboxBatch {
  const copy = new Uint8Array(places);
  return { firstSeq, count, bytes, places: new Uint32Array(copy.buffer), guarded: JSON.parse(guarded) as GuardedRow[] };
}

function hashOf(partition: number, { firstSeq, count, bytes, places, guarded }: OutboxBatch): string {
  return createHash('sha256')
    .update(JSON.stringify([partition, firstSeq, count, guarded]))
    .update(bytes)
    .update(Buffer.from(places.buffer, places.byteOffset, places.byteLength))
    .digest('hex');
}

function chainOf(database: DurableDatabase): string {
  const hashes = database.prepare<[], string>('SELECT hash FROM outbox_batch ORDER BY partition, first_seq').pluck();
  return chainOver(hashes.iterate());
}

function chainOver(hashes: Iterable<string>): string {
  let chain = hashOnce('sha256', 'eventmend outbox 1');
  for (const each of hashes) chain = hashOnce('sha256', chain + each);
  return chain;
}

function damaged(file: string, what: string): RecoveryError {
  return new RecoveryError('corrupt-run-store', `${file}: ${what}`, { hint: format.corruptHint });
}
