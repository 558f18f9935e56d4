import type { EventPage, PartitionId, Position, Worker } from '@eventmend/core';
import type { StoredPartition } from '../store/stored-rows.js';
import type { PartitionToTake } from './held-partitions.js';
import type { LiveBatch } from './live-batch.js';
import type { CheckpointerMetrics } from './live-metrics.js';

/** An output of the worker that is committed and still to be sent. */
export interface UnsentOutput {
  /** What `sent` is told. */
  readonly number: number;
  /** The same whenever this output is derived: send it along, so that a reader can drop repeats. */
  readonly id: string;
  readonly output: string;
  readonly key: string;
  readonly value: unknown;
  /** The time of its event in milliseconds; null where that has none. */
  readonly time: number | null;
  /** The event that it came of. */
  readonly event: PartitionId & { readonly offset: number };
}

export interface UnsentRequest {
  readonly partition?: Pick<PartitionId, 'topic' | 'partition'>;
  /** 1,000 by default. */
  readonly limit?: number;
}

/** What became of a batch. */
export interface AppliedBatch {
  /** Events that were applied now. */
  readonly applied: number;
  /** Events that had been applied before, by their position. */
  readonly repeated: number;
  /** Events that were left out by their business id. */
  readonly duplicates: number;
  /** The next offset of the partition. */
  readonly next: number;
}

/**
 * A live worker whose states, position and proofs are committed together, and whose checkpoints can be trusted.
 */
export interface Checkpointer {
  readonly worker: Worker;
  readonly folder: string;
  /**
   * Applies events and commits what they did in one transaction, or nothing of it. Events below the position were applied
   * before and are passed over. Batches of one process wait for each other.
   * @throws RecoveryError what the worker's fault is called; `fenced-by-another-process`; `log-changed` where the topic
   *   is another one; `disk-write-failed`, after which the process has to end; `checkpoint-failed`
   */
  apply(batch: LiveBatch): Promise<AppliedBatch>;
  /**
   * Notes that a worker that keeps its state elsewhere has handled these events, each time that it did: the proofs then tell
   * what it missed, repeated or reordered (`checkProcessing`), so they are handed in in the order of their handling. To be
   * called after its own commit; a folder is used either for `apply` or for `observe`.
   * @throws RecoveryError `operation-not-allowed` where states were applied; what `apply` throws
   */
  observe(batch: LiveBatch): Promise<AppliedBatch>;
  /** The same as `apply` with a page, as adapters read it. */
  applyPage(id: PartitionId, page: EventPage): Promise<AppliedBatch>;
  /**
   * Takes partitions over from whoever had them: from here on the commits of others are refused. Without it, the first
   * batch of a partition takes it over; one that was lost to another process stays lost until it is taken over again.
   * @param partitions `begin` is where one of which nothing was applied yet begins; 0 by default
   * @returns where each goes on
   * @throws RecoveryError `log-changed` where a topic was made anew; `operation-not-allowed` while a batch is in hand
   */
  takeOver(partitions: readonly PartitionToTake[]): readonly StoredPartition[];
  /** What has been applied. */
  position(): Position;
  /** The state of a key as it is committed; undefined where it has none. */
  state(key: string): unknown;
  /** Outputs that are not known to be sent, the oldest first; of one partition, or of all processes that share the store. */
  unsent(of?: UnsentRequest): readonly UnsentOutput[];
  /** Forgets outputs that have been sent. */
  sent(outputs: Iterable<Pick<UnsentOutput, 'number'>>): Promise<void>;
  /**
   * Makes a checkpoint now; null where nothing has changed since the last, or another process makes one.
   * @throws RecoveryError `checkpoint-failed`
   */
  checkpoint(): Promise<{ readonly id: string; readonly file: string } | null>;
  metrics(): CheckpointerMetrics;
  /** Waits for the batch and the checkpoint in hand, and closes the store. Makes no checkpoint. */
  close(): Promise<void>;
}
