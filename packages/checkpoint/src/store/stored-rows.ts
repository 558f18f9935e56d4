import { hash as hashOnce } from 'node:crypto';
import type { PartitionId, PartitionPosition } from '@eventmend/core';
import { hashFields, type ChangedRow } from './state-row.js';

/** A partition as the store knows it. */
export interface StoredPartition extends PartitionPosition {
  /** Rises with every process that takes the partition over. */
  readonly epoch: number;
  readonly owner: string;
  /** The commit that moved it last; 0 where nothing of it was applied. */
  readonly changed: number;
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
  readonly rows: readonly ChangedRow[];
  readonly outputs: readonly Omit<StoredOutput, 'number'>[];
  readonly recentIds: readonly RecentId[];
  /** How many of the last events are remembered by their ids; 0 where the worker looks for no repeats. */
  readonly window: number;
}

/** A business id, and how many events had been applied before its event. */
export interface RecentId {
  readonly id: string;
  readonly place: number;
}

/** The newest link of the chain of commits. */
export interface CommitLink {
  readonly seq: number;
  /** Events applied since the store was made. */
  readonly events: number;
  /** Keys that have a state. */
  readonly keys: number;
  /** The sum of the hashes of all rows of states. */
  readonly statesSum: string;
  /** The same of positions and recent ids. */
  readonly othersSum: string;
  readonly chain: string;
}

export interface PartitionRow extends Omit<StoredPartition, 'order'> {
  readonly watermark: number | null;
  readonly clock: number | null;
  readonly hash: string;
}

/** The hash of a commit over the one before it. */
export function chainAfter(before: string, commit: Omit<CommitLink, 'chain'> & CommitText): string {
  const { seq, at, events, keys, statesSum, othersSum, body } = commit;
  return hashOnce('sha256', JSON.stringify([before, seq, at, events, keys, statesSum, othersSum, body]));
}

/** What a commit says besides its link. */
export interface CommitText {
  readonly at: number;
  readonly body: string;
}

export interface StoredRow {
  readonly text: string | null;
  readonly proof: string;
  readonly hash: string;
}

/** An output with its hash. */
export type OutputRow = StoredOutput & { readonly hash: string };

export function partitionOfRow({ watermark, clock, hash: _, ...row }: PartitionRow): StoredPartition {
  return { ...row, order: { watermark: watermark ?? -Infinity, clock: clock ?? -Infinity } };
}

export type PartitionFields = [
  string,
  string,
  string,
  number,
  number,
  number | null,
  number | null,
  number,
  string,
  number,
];

export function fieldsOf({
  source,
  topic,
  incarnation,
  partition,
  next,
  order,
  epoch,
  owner,
  changed,
}: StoredPartition) {
  const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);
  return [
    source,
    topic,
    incarnation,
    partition,
    next,
    finite(order.watermark),
    finite(order.clock),
    epoch,
    owner,
    changed,
  ] satisfies PartitionFields;
}

/** Without its owner, which changes outside of the chain of commits. */
export function hashPosition(partition: StoredPartition): string {
  return hashFields('positions', fieldsOf({ ...partition, epoch: 0, owner: '' }));
}

export function hashRecentId({ id, place }: RecentId): string {
  return hashFields('recent_ids', [id, place]);
}

export function outputFields(output: Omit<StoredOutput, 'number'>): readonly (string | number | null)[] {
  const { source, topic, incarnation, partition, offset, ordinal, key, businessId, value, time } = output;
  return [source, topic, incarnation, partition, offset, ordinal, output.output, key, businessId, value, time];
}
