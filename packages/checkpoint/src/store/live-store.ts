import { hash as hashOnce } from 'node:crypto';
import { RecoveryError, type PartitionId, type PartitionPosition } from '@eventmend/core';
import { describePartition, partitionKey, positionToJson, sortPosition } from '@eventmend/core/engine';
import {
  openDurableDatabase,
  openHeadFile,
  readHeadFile,
  storageError,
  withStorageErrors,
  type DurableDatabase,
  type HeadFile,
} from '@eventmend/core/sqlite';
import type { ProcessingProof } from '../live/processing-proof.js';
import { liveStoreFormat } from './store-format.js';
import { hashRow, type StateRow } from './state-row.js';

/** A partition as the store knows it. */
export interface StoredPartition extends PartitionPosition {
  /** Rises with every process that takes the partition over. */
  readonly epoch: number;
  readonly owner: string;
}

/** An output that was emitted and is not known to be sent. */
export interface StoredOutput extends PartitionId {
  /** Rises in the order in which outputs were emitted. */
  readonly number: number;
  readonly offset: number;
  readonly ordinal: number;
  readonly output: string;
  readonly key: string;
  readonly businessId: string | null;
  /** JSON text. */
  readonly value: string;
  readonly time: number | null;
}

/** What one commit changes, apart from the position. */
export interface LiveCommit {
  readonly at: number;
  /** Events that were applied. */
  readonly events: number;
  readonly position: StoredPartition;
  /** By how many the keys that have a state became more. */
  readonly addedKeys: number;
  readonly rows: readonly StateRow[];
  readonly outputs: readonly Omit<StoredOutput, 'number'>[];
  readonly recentIds: readonly (string | null)[];
  /** How many ids are remembered; 0 where the worker looks for no repeats. */
  readonly window: number;
}

/** The newest link of the chain of commits. */
export interface CommitLink {
  readonly seq: number;
  /** Events applied since the store was made. */
  readonly events: number;
  /** Keys that have a state. */
  readonly keys: number;
  readonly chain: string;
}

const beginning: CommitLink = { seq: 0, events: 0, keys: 0, chain: hashOnce('sha256', 'eventmend live commits 1') };

interface PartitionRow extends Omit<StoredPartition, 'order'> {
  readonly watermark: number | null;
  readonly clock: number | null;
}

/**
 * The store of a live worker: states, position, proofs and unsent outputs in one SQLite file that several processes of one
 * machine may share, and a head file beside it that tells an older copy of it from the newest. Every method but `begin` runs
 * inside of the transaction that the caller began, or reads a single row.
 */
export class LiveStore {
  readonly database: DurableDatabase;
  readonly file: string;
  readonly #head: HeadFile;
  readonly #statements: ReturnType<typeof prepareStatements>;

  /** @throws RecoveryError `corrupt-checkpoint-store`, `checkpoint-store-version-mismatch` */
  constructor(file: string, options: { readonly create: boolean; readonly busyMs: number }) {
    this.file = file;
    this.database = openDurableDatabase(file, liveStoreFormat, options);
    this.#head = openHeadFile(`${file}.head`);
    try {
      this.#statements = withStorageErrors(file, liveStoreFormat, () => prepareStatements(this.database));
      this.#refuseOlderCopy();
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Begins a transaction that writes. @throws what SQLite throws while another connection writes */
  begin(): void {
    this.database.exec('BEGIN IMMEDIATE');
  }

  commit(): void {
    this.database.exec('COMMIT');
  }

  rollback(): void {
    if (this.database.inTransaction) this.database.exec('ROLLBACK');
  }

  /** Runs something in a transaction of its own; SQLite waits for other processes itself. */
  inTransaction<Result>(work: () => Result): Result {
    try {
      this.begin();
      const result = work();
      this.commit();
      return result;
    } catch (error) {
      this.rollback();
      throw this.explain(error);
    }
  }

  explain(error: unknown): unknown {
    return storageError(error, this.file, liveStoreFormat);
  }

  /** The error for something that should not be in this store. */
  damaged(what: string): RecoveryError {
    return corrupt(this.file, what);
  }

  /** Rises when another connection has written. */
  get version(): number {
    return this.database.pragma('data_version', { simple: true }) as number;
  }

  /** @throws RecoveryError `corrupt-checkpoint-store` where the row does not match its hash */
  row(key: string): StateRow | null {
    const stored = this.#statements.row.get(key);
    return stored === undefined ? null : checkedRow(this.file, key, stored);
  }

  partition(id: Pick<PartitionId, 'topic' | 'partition'>): StoredPartition | null {
    const row = this.#statements.partition.get(id.topic, id.partition);
    return row === undefined ? null : partitionOfRow(row);
  }

  partitions(): readonly StoredPartition[] {
    return sortPosition(this.#statements.partitions.all().map(partitionOfRow)) as readonly StoredPartition[];
  }

  writePartition(partition: StoredPartition): void {
    const { source, topic, incarnation, next, order, epoch, owner } = partition;
    const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);
    this.#statements.writePartition.run(
      source,
      topic,
      incarnation,
      partition.partition,
      next,
      finite(order.watermark),
      finite(order.clock),
      epoch,
      owner,
    );
  }

  /** The oldest first. */
  recentIds(): Iterable<string | null> {
    return this.#statements.recentIds.iterate();
  }

  addRecentId(id: string | null): void {
    this.#statements.addRecent.run(id);
  }

  /** Writes what a batch did, and gives the new link; the head file follows when the transaction is committed. */
  write(commit: LiveCommit): CommitLink {
    const statements = this.#statements;
    const before = this.link();
    const seq = before.seq + 1;
    const hashes: string[] = [];
    for (const { key, text, proof } of commit.rows) {
      const proofText = JSON.stringify(proof);
      const hash = hashRow(key, text, proofText);
      statements.writeRow.run(key, text, proofText, hash);
      statements.touch.run(seq, key);
      hashes.push(hash);
    }
    this.writePartition(commit.position);
    for (const id of commit.recentIds) this.addRecentId(id);
    if (commit.recentIds.length > 0) statements.dropRecent.run(commit.window);
    for (const output of commit.outputs) statements.addOutput.run(output);
    const events = before.events + commit.events;
    const keys = before.keys + commit.addedKeys;
    const body = JSON.stringify({
      position: positionToJson([commit.position]),
      rows: hashOnce('sha256', hashes.join('\n')),
      outputs: commit.outputs.length,
    });
    const chain = chainAfter(before.chain, { seq, at: commit.at, events, keys, body });
    statements.addCommit.run(seq, commit.at, events, keys, body, chain);
    return { seq, events, keys, chain };
  }

  /** Tells outside of the database how far it is; it may lag behind by the commits of others, never run ahead. */
  noteHead({ seq, chain }: CommitLink): void {
    this.#head.write(0, { seq, chain });
  }

  /** Brings a state into another form; the events that were applied to its key stay the same. */
  rewrite({ key, text, proof }: StateRow): void {
    const proofText = JSON.stringify(proof);
    // As if the next commit had written it: every checkpoint from here on needs it.
    this.#statements.writeRow.run(key, text, proofText, hashRow(key, text, proofText));
    this.#statements.touch.run(this.link().seq + 1, key);
  }

  /** The first commit of a store that was made from a checkpoint: its chain goes on from there. */
  beginFrom(checkpoint: { readonly events: number; readonly keys: number; readonly from: string }): CommitLink {
    const { events, keys, from } = checkpoint;
    const body = JSON.stringify({ restored: from });
    const seq = 1;
    const chain = chainAfter(from, { seq, at: 0, events, keys, body });
    this.#statements.addCommit.run(seq, 0, events, keys, body, chain);
    return { seq, events, keys, chain };
  }

  link(): CommitLink {
    return this.#statements.link.get() ?? beginning;
  }

  unsent(limit: number, of: Pick<PartitionId, 'topic' | 'partition'> | null): readonly StoredOutput[] {
    const { unsent, unsentOf } = this.#statements;
    return of === null ? unsent.all(limit) : unsentOf.all(of.topic, of.partition, limit);
  }

  countUnsent(): number {
    return this.#statements.countUnsent.get() ?? 0;
  }

  forgetSent(numbers: Iterable<number>): void {
    for (const number of numbers) this.#statements.forgetSent.run(number);
  }

  meta(name: string): string | null {
    return this.#statements.meta.get(name) ?? null;
  }

  setMeta(name: string, value: string): void {
    this.#statements.setMeta.run(name, value);
  }

  /** Goes over the rows of the keys, and checks each. */
  *rows(): Generator<StateRow> {
    for (const { key, ...stored } of this.#statements.rows.iterate()) yield checkedRow(this.file, key, stored);
  }

  close(): void {
    this.#head.close();
    this.database.close();
  }

  #refuseOlderCopy(): void {
    const outside = readHeadFile(`${this.file}.head`, 0);
    if (outside === null) return;
    const link = this.link();
    if (link.seq < outside.seq) {
      throw corrupt(
        this.file,
        `it holds ${link.seq} commits, and ${outside.seq} were made: an older copy was put back, or its -wal file is gone`,
      );
    }
    const same = this.#statements.chainAt.get(outside.seq);
    if (same !== undefined && same !== outside.chain)
      throw corrupt(this.file, `commit ${outside.seq} is another one than was made`);
  }
}

/** The hash of a commit over the one before it. */
export function chainAfter(
  before: string,
  commit: {
    readonly seq: number;
    readonly at: number;
    readonly events: number;
    readonly keys: number;
    readonly body: string;
  },
): string {
  const { seq, at, events, keys, body } = commit;
  return hashOnce('sha256', JSON.stringify([before, seq, at, events, keys, body]));
}

interface StoredRow {
  readonly text: string | null;
  readonly proof: string;
  readonly hash: string;
}

function checkedRow(file: string, key: string, { text, proof, hash }: StoredRow): StateRow {
  if (hashRow(key, text, proof) !== hash)
    throw corrupt(file, `the row of key ${JSON.stringify(key.slice(0, 100))} does not match its hash`);
  return { key, text, proof: JSON.parse(proof) as ProcessingProof };
}

function partitionOfRow({ watermark, clock, ...row }: PartitionRow): StoredPartition {
  return { ...row, order: { watermark: watermark ?? -Infinity, clock: clock ?? -Infinity } };
}

function corrupt(file: string, what: string): RecoveryError {
  return new RecoveryError('corrupt-checkpoint-store', `${file}: ${what}`, { hint: liveStoreFormat.corruptHint });
}

/** Where a partition is another log than the one that the store has read. */
export function requireSameLog(stored: StoredPartition, id: PartitionId): void {
  if (partitionKey(stored) === partitionKey(id)) return;
  throw new RecoveryError(
    'log-changed',
    `${describePartition(id)} is another log than the one that was applied up to ${stored.next}: the topic was made anew, or the cluster is another one`,
    {
      hint: 'begin in another folder, from a checkpoint or from the beginning of the new log',
      details: { stored: partitionKey(stored), now: partitionKey(id) },
    },
  );
}

const outputColumns =
  'number, source, topic, incarnation, partition, offset, ordinal, output, key, business_id AS businessId, value, time';

function prepareStatements(database: DurableDatabase) {
  return {
    row: database.prepare<[string], StoredRow>('SELECT text, proof, hash FROM states WHERE key = ?'),
    rows: database.prepare<[], StoredRow & { readonly key: string }>(
      'SELECT key, text, proof, hash FROM states ORDER BY key',
    ),
    writeRow: database.prepare<[string, string | null, string, string]>(
      `INSERT INTO states (key, text, proof, hash) VALUES (?, ?, ?, ?)
       ON CONFLICT (key) DO UPDATE SET text = excluded.text, proof = excluded.proof, hash = excluded.hash`,
    ),
    touch: database.prepare<[number, string]>('INSERT INTO touched (seq, key) VALUES (?, ?)'),
    partition: database.prepare<[string, number], PartitionRow>(
      'SELECT * FROM partitions WHERE topic = ? AND partition = ?',
    ),
    partitions: database.prepare<[], PartitionRow>('SELECT * FROM partitions'),
    writePartition: database.prepare(
      `INSERT OR REPLACE INTO partitions (source, topic, incarnation, partition, next, watermark, clock, epoch, owner)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    recentIds: database.prepare<[], string | null>('SELECT id FROM recent_ids ORDER BY number').pluck(),
    addRecent: database.prepare<[string | null]>('INSERT INTO recent_ids (id) VALUES (?)'),
    dropRecent: database.prepare<[number]>(
      'DELETE FROM recent_ids WHERE number <= (SELECT max(number) FROM recent_ids) - ?',
    ),
    addOutput: database.prepare<[Omit<StoredOutput, 'number'>]>(
      `INSERT INTO outbox (source, topic, incarnation, partition, offset, ordinal, output, key, business_id, value, time)
       VALUES (:source, :topic, :incarnation, :partition, :offset, :ordinal, :output, :key, :businessId, :value, :time)`,
    ),
    unsent: database.prepare<[number], StoredOutput>(`SELECT ${outputColumns} FROM outbox ORDER BY number LIMIT ?`),
    unsentOf: database.prepare<[string, number, number], StoredOutput>(
      `SELECT ${outputColumns} FROM outbox WHERE topic = ? AND partition = ? ORDER BY number LIMIT ?`,
    ),
    countUnsent: database.prepare<[], number>('SELECT count(*) FROM outbox').pluck(),
    forgetSent: database.prepare<[number]>('DELETE FROM outbox WHERE number = ?'),
    addCommit: database.prepare<[number, number, number, number, string, string]>(
      'INSERT INTO commits (seq, at, events, keys, body, chain) VALUES (?, ?, ?, ?, ?, ?)',
    ),
    link: database.prepare<[], CommitLink>('SELECT seq, events, keys, chain FROM commits ORDER BY seq DESC LIMIT 1'),
    chainAt: database.prepare<[number], string>('SELECT chain FROM commits WHERE seq = ?').pluck(),
    meta: database.prepare<[string], string>('SELECT value FROM meta WHERE name = ?').pluck(),
    setMeta: database.prepare<[string, string]>('INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)'),
  };
}
