import { hash as hashOnce } from 'node:crypto';
import type { PartitionId, PartitionPosition, RecoveryError } from '@eventmend/core';
import { describePartition, positionToJson, sortPosition } from '@eventmend/core/engine';
import { openDurableDatabase, storageError, withStorageErrors, type DurableDatabase } from '@eventmend/core/sqlite';
import type { ProcessingProof } from '../live/processing-proof.js';
import { corrupt } from './corrupt-store.js';
import { OutsideHead } from './outside-head.js';
import { emptySum, HashSum } from './hash-sum.js';
import { refuseOtherSchema } from './refuse-other-schema.js';
import { hashFields, hashRow, type ChangedRow, type HashedRow, type StateRow } from './state-row.js';
import { liveStoreFormat } from './store-format.js';
import {
  chainAfter,
  fieldsOf,
  hashPosition,
  hashRecentId,
  outputFields,
  partitionOfRow,
  type CommitLink,
  type CommitText,
  type LiveCommit,
  type OutputRow,
  type PartitionFields,
  type PartitionRow,
  type RecentId,
  type StoredOutput,
  type StoredPartition,
  type StoredRow,
} from './stored-rows.js';

/** What a store stands on in which nothing was committed yet. */
export const beginning: CommitLink = {
  seq: 0,
  events: 0,
  keys: 0,
  statesSum: emptySum,
  othersSum: emptySum,
  chain: hashOnce('sha256', 'eventmend live commits 1'),
};

/**
 * The store of a live worker: states, position, proofs and unsent outputs in one SQLite file that several processes of one
 * machine may share, and a head file beside it that tells an older copy of it from the newest. Every method but `begin` runs
 * inside of the transaction that the caller began, or reads a single row.
 */
export class LiveStore {
  readonly database: DurableDatabase;
  readonly file: string;
  readonly #head: OutsideHead;
  readonly #statements: ReturnType<typeof prepareStatements>;

  /** @throws RecoveryError `corrupt-checkpoint-store`, `checkpoint-store-version-mismatch` */
  constructor(file: string, options: { readonly create: boolean; readonly busyMs: number }) {
    this.file = file;
    this.#head = new OutsideHead(file);
    this.database = openDurableDatabase(file, liveStoreFormat, options);
    try {
      this.#statements = withStorageErrors(file, liveStoreFormat, () => {
        refuseOtherSchema(this.database, file);
        return prepareStatements(this.database);
      });
      withStorageErrors(file, liveStoreFormat, () => {
        const outside = this.#head.read();
        if (outside !== null) this.refuseOlderThan(outside);
      });
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
  row(key: string): HashedRow | null {
    const stored = this.#statements.row.get(key);
    return stored === undefined ? null : checkedRow(this.file, key, stored);
  }

  partition(id: Pick<PartitionId, 'topic' | 'partition'>): StoredPartition | null {
    const row = this.#statements.partition.get(id.topic, id.partition);
    return row === undefined ? null : this.#checkedPartition(row);
  }

  partitions(): readonly StoredPartition[] {
    return sortPosition(
      this.#statements.partitions.all().map((row) => this.#checkedPartition(row)),
    ) as readonly StoredPartition[];
  }

  writePartition(partition: StoredPartition): void {
    this.#statements.writePartition.run(...fieldsOf(partition), hashFields('partitions', fieldsOf(partition)));
  }

  /** The place of a business id that is remembered. */
  placeOf(id: string): number | undefined {
    return this.#statements.placeOf.get(id);
  }

  recentIds(): readonly RecentId[] {
    return this.#statements.recentIds.all();
  }

  /** Writes what a batch did, and gives the new link and the hashes of its rows; the head file follows when the transaction is committed. */
  write(commit: LiveCommit): { readonly link: CommitLink; readonly hashes: readonly string[] } {
    const statements = this.#statements;
    const before = this.link();
    const seq = before.seq + 1;
    const states = new HashSum(before.statesSum);
    const hashes = commit.rows.map((row) => this.#writeRow(row, seq, states));
    const others = new HashSum(before.othersSum);
    this.#movePosition({ ...commit.position, changed: seq }, others);
    const events = before.events + commit.events;
    this.#remember(commit.recentIds, events - commit.window, others);
    for (const output of commit.outputs)
      statements.addOutput.run({ ...output, hash: hashFields('outbox', outputFields(output)) });
    const body = JSON.stringify({
      position: positionToJson([commit.position]),
      rows: hashOnce('sha256', hashes.join('\n')),
      outputs: commit.outputs.length,
    });
    const link = this.#addCommit(before, commit.at, body, {
      events,
      keys: before.keys + commit.addedKeys,
      statesSum: states.toString(),
      othersSum: others.toString(),
    });
    return { link, hashes };
  }

  #writeRow({ key, text, proof, replaces }: ChangedRow, seq: number, sum: HashSum): string {
    const proofText = JSON.stringify(proof);
    const hash = hashRow(key, text, proofText);
    this.#statements.writeRow.run(key, text, proofText, hash);
    this.#statements.touch.run(seq, key);
    if (replaces !== null) sum.remove(replaces);
    sum.add(hash);
    return hash;
  }

  #movePosition(position: StoredPartition, sum: HashSum): void {
    const before = this.partition(position);
    if (before !== null && before.changed > 0) sum.remove(hashPosition(before));
    sum.add(hashPosition(position));
    this.writePartition(position);
  }

  #remember(recentIds: readonly RecentId[], keepFrom: number, sum: HashSum): void {
    if (recentIds.length === 0) return;
    const { dropRecent, addRecent } = this.#statements;
    // An id that is there again has left the window, or it would have been a repeat.
    for (const { id, place } of recentIds) {
      const before = this.placeOf(id);
      if (before !== undefined) sum.remove(hashRecentId({ id, place: before }));
      addRecent.run(id, place);
      sum.add(hashRecentId({ id, place }));
    }
    for (const dropped of dropRecent.all(keepFrom)) sum.remove(hashRecentId(dropped));
  }

  #addCommit(
    before: Pick<CommitLink, 'seq' | 'chain'>,
    at: number,
    body: string,
    to: Omit<CommitLink, 'seq' | 'chain'>,
  ): CommitLink {
    const seq = before.seq + 1;
    const chain = chainAfter(before.chain, { ...to, seq, at, body });
    this.#statements.addCommit.run(seq, at, to.events, to.keys, to.statesSum, to.othersSum, body, chain);
    return { ...to, seq, chain };
  }

  /** Tells outside of the database how far it is; it may lag behind by the commits of others, never run ahead. */
  noteHead({ seq, chain }: CommitLink): void {
    this.#head.write({ seq, chain });
  }

  /** A commit that brings states into another form; the events that were applied to their keys stay the same. */
  rewrite(rows: Iterable<ChangedRow>, body: Readonly<Record<string, unknown>>): void {
    const before = this.link();
    const sum = new HashSum(before.statesSum);
    for (const row of rows) this.#writeRow(row, before.seq + 1, sum);
    this.#addCommit(before, 0, JSON.stringify(body), { ...before, statesSum: sum.toString() });
  }

  /** The first commit of a store that is made from a checkpoint: its chain goes on from there. */
  beginFrom(checkpoint: {
    readonly rows: Iterable<StateRow>;
    readonly position: readonly PartitionPosition[];
    readonly recentIds: readonly RecentId[];
    readonly events: number;
    readonly chain: string;
  }): CommitLink {
    const { events, chain } = checkpoint;
    const states = new HashSum(emptySum);
    const others = new HashSum(emptySum);
    let keys = 0;
    for (const { key, text, proof } of checkpoint.rows) {
      this.#writeRow({ key, text, proof, replaces: null }, 1, states);
      if (text !== null) keys++;
    }
    for (const part of checkpoint.position) this.#movePosition({ ...part, epoch: 0, owner: '', changed: 1 }, others);
    this.#remember(checkpoint.recentIds, -Infinity, others);
    this.setMeta('chain_before', chain);
    return this.#addCommit({ seq: 0, chain }, 0, JSON.stringify({ restored: chain }), {
      events,
      keys,
      statesSum: states.toString(),
      othersSum: others.toString(),
    });
  }

  link(): CommitLink {
    return this.#statements.link.get() ?? beginning;
  }

  unsent(limit: number, of: Pick<PartitionId, 'topic' | 'partition'> | null): readonly StoredOutput[] {
    const { unsent, unsentOf } = this.#statements;
    const rows = of === null ? unsent.all(limit) : unsentOf.all(of.topic, of.partition, limit);
    return rows.map((row) => this.#checkedOutput(row));
  }

  countUnsent(): number {
    return this.#statements.countUnsent.get() ?? 0;
  }

  forgetSent(numbers: Iterable<number>): void {
    for (const number of numbers) this.#statements.forgetSent.run(number);
  }

  meta(name: string): string | null {
    const row = this.#statements.meta.get(name);
    if (row === undefined) return null;
    if (hashFields('meta', [name, row.value]) !== row.hash)
      throw corrupt(this.file, `${name} of the store does not match its hash`);
    return row.value;
  }

  setMeta(name: string, value: string): void {
    this.#statements.setMeta.run(name, value, hashFields('meta', [name, value]));
  }

  /** Goes over the rows of the keys, and checks each. */
  *rows(): Generator<HashedRow> {
    for (const { key, ...stored } of this.#statements.rows.iterate()) yield checkedRow(this.file, key, stored);
  }

  /** The commits, oldest first; the first one may stand on commits that no checkpoint needed any more. */
  commits(): Iterable<CommitLink & CommitText> {
    return this.#statements.commits.iterate();
  }

  /** Goes over the outputs that were not sent yet, and checks each. */
  *outputs(): Generator<StoredOutput> {
    for (const output of this.#statements.allUnsent.iterate()) yield this.#checkedOutput(output);
  }

  metaNames(): readonly string[] {
    return this.#statements.names.all();
  }

  #checkedOutput({ hash, ...output }: OutputRow): StoredOutput {
    if (hashFields('outbox', outputFields(output)) === hash) return output;
    throw corrupt(this.file, `the unsent output ${output.number} does not match its hash`);
  }

  #checkedPartition({ hash, ...row }: PartitionRow): StoredPartition {
    const partition = partitionOfRow({ ...row, hash });
    if (hashFields('partitions', fieldsOf(partition)) === hash) return partition;
    throw corrupt(this.file, `the position of ${describePartition(partition)} does not match its hash`);
  }

  close(): void {
    this.#head.close();
    this.database.close();
  }

  /** @throws RecoveryError `corrupt-checkpoint-store` where it lacks a commit that was made, or has another in its place */
  refuseOlderThan(outside: { readonly seq: number; readonly chain: string }): void {
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

function checkedRow(file: string, key: string, { text, proof, hash }: StoredRow): HashedRow {
  if (hashRow(key, text, proof) !== hash)
    throw corrupt(file, `the row of key ${JSON.stringify(key.slice(0, 100))} does not match its hash`);
  return { key, text, proof: JSON.parse(proof) as ProcessingProof, hash };
}

const linkColumns = 'seq, events, keys, states_sum AS statesSum, others_sum AS othersSum, chain';
const outputColumns =
  'number, source, topic, incarnation, partition, offset, ordinal, output, key, business_id AS businessId, value, time, hash';

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
    writePartition: database.prepare<[...PartitionFields, string]>(
      `INSERT OR REPLACE INTO partitions
         (source, topic, incarnation, partition, next, watermark, clock, epoch, owner, changed, hash)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    placeOf: database.prepare<[string], number>('SELECT place FROM recent_ids WHERE id = ?').pluck(),
    recentIds: database.prepare<[], RecentId>('SELECT id, place FROM recent_ids ORDER BY place'),
    addRecent: database.prepare<[string, number]>('INSERT OR REPLACE INTO recent_ids (id, place) VALUES (?, ?)'),
    dropRecent: database.prepare<[number], RecentId>('DELETE FROM recent_ids WHERE place < ? RETURNING id, place'),
    addOutput: database.prepare<[Omit<OutputRow, 'number'>]>(
      `INSERT INTO outbox
         (source, topic, incarnation, partition, offset, ordinal, output, key, business_id, value, time, hash)
       VALUES
         (:source, :topic, :incarnation, :partition, :offset, :ordinal, :output, :key, :businessId, :value, :time, :hash)`,
    ),
    unsent: database.prepare<[number], OutputRow>(`SELECT ${outputColumns} FROM outbox ORDER BY number LIMIT ?`),
    allUnsent: database.prepare<[], OutputRow>(`SELECT ${outputColumns} FROM outbox ORDER BY number`),
    unsentOf: database.prepare<[string, number, number], OutputRow>(
      `SELECT ${outputColumns} FROM outbox WHERE topic = ? AND partition = ? ORDER BY number LIMIT ?`,
    ),
    countUnsent: database.prepare<[], number>('SELECT count(*) FROM outbox').pluck(),
    forgetSent: database.prepare<[number]>('DELETE FROM outbox WHERE number = ?'),
    addCommit: database.prepare<[number, number, number, number, string, string, string, string]>(
      `INSERT INTO commits (seq, at, events, keys, states_sum, others_sum, body, chain)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    link: database.prepare<[], CommitLink>(`SELECT ${linkColumns} FROM commits ORDER BY seq DESC LIMIT 1`),
    commits: database.prepare<[], CommitLink & CommitText>(`SELECT ${linkColumns}, at, body FROM commits ORDER BY seq`),
    chainAt: database.prepare<[number], string>('SELECT chain FROM commits WHERE seq = ?').pluck(),
    meta: database.prepare<[string], { readonly value: string; readonly hash: string }>(
      'SELECT value, hash FROM meta WHERE name = ?',
    ),
    names: database.prepare<[], string>('SELECT name FROM meta').pluck(),
    setMeta: database.prepare<[string, string, string]>(
      'INSERT OR REPLACE INTO meta (name, value, hash) VALUES (?, ?, ?)',
    ),
  };
}
