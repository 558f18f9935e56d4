import type { QuarantinedEvent } from '../../model/accounts/quarantined-event.js';
import type { LedgerState } from '../accounts/partition-ledger.js';
import type { PartitionId } from '../../model/log/partition-id.js';
import type { PartitionOrderState } from '../../model/position/position.js';
import type { Cause } from '../../model/provenance/provenance.js';
import type { ProvenanceId } from '../provenance/provenance-sets.js';

/**
 * Number of a lane: the unit of ordered execution. A global worker has one lane over all partitions; a partition-local
 * worker has one a partition, and they may run side by side.
 */
export type LaneNumber = number;

/** States of the baseline belong to no lane until an event names their key. */
export const baselineLane: LaneNumber = -1;

export interface StoredState {
  /** The state as JSON text; null for a key that has none but carries provenance (deleted, or named by a parked event). */
  readonly text: string | null;
  /** Of the lane that wrote it; for a row of the baseline the number of its part. */
  readonly provenance: ProvenanceId;
  /** `hashState` of key and state; '' where there is no state. */
  readonly hash: string;
  readonly lane: LaneNumber;
}

/** A state as those read it who look at all of them and hold none against its hash. */
export type StoredText = { readonly key: string } & Omit<StoredState, 'hash'>;

export interface StateWrite {
  readonly key: string;
  readonly text: string | null;
  readonly provenance: ProvenanceId;
  readonly hash: string;
}

/** Up to `outputsPerChunk` outputs; a commit rewrites the last one until it is full. */
export interface OutputChunk {
  readonly number: number;
  readonly count: number;
  /** See OutputColumns. */
  readonly text: string;
  readonly hash: string;
}

/** What a lane has done so far, as of its last commit. Plain JSON but for the order, whose -Infinity is null there. */
export interface LaneHead {
  readonly lane: LaneNumber;
  /** Commits so far. */
  readonly seq: number;
  readonly partitions: readonly LanePartition[];
  /** Counts by `orderFlag`. */
  readonly orderFlags: readonly number[];
  /** What the lane changed in the digest of the states since the baseline. */
  readonly stateDelta: string;
  /** Keys with a state, as a difference to the baseline. */
  readonly keysDelta: number;
  readonly outputs: number;
  /** Chain over the full chunks. */
  readonly outputChain: string;
  /** Causes that every key of the lane has: holes whose keys nobody knows. */
  readonly floor: ProvenanceId;
  /**
   * The same by stretches, see `lossOfAnyKey`: a fact that sets all of a state begins a new one, where something was lost in the last.
   * Absent where no fact has set a state.
   */
  readonly floors?: readonly ProvenanceId[];
  readonly quarantined: number;
  readonly negativeZeros: number;
  /** Events that entered the window of the deduplication. */
  readonly deduplicated: number;
  /** The lane has reached the target. */
  readonly done: boolean;
}

export interface LanePartition extends PartitionId, LedgerState {
  readonly order: PartitionOrderState;
}

/** Everything that one batch changes; the store writes all of it or nothing. */
export interface LaneCommit {
  readonly head: LaneHead;
  /** Sorted by key. */
  readonly states: readonly StateWrite[];
  readonly chunks: readonly OutputChunk[];
  readonly provenance: readonly { readonly id: ProvenanceId; readonly causes: readonly Cause[] }[];
  readonly quarantined: readonly QuarantinedEvent[];
  readonly blockedKeys: readonly string[];
  /** Business ids that entered the window, null for events without one, and where the first of them stands. */
  readonly recentIds: {
    readonly first: number;
    readonly ids: readonly (string | null)[];
    readonly keepFrom: number;
  } | null;
}

/** One lane of a run: what it committed, and the way to commit more. Used by one thread at a time. */
export interface LaneStore {
  readonly head: LaneHead | null;
  /**
   * States are compared, and nothing else is asked for: outputs are counted, and neither their texts nor a digest of them is
   * made, nor hashes and a digest of states.
   */
  readonly comparesOnly?: true;
  /** By number. */
  provenance(): readonly (readonly Cause[])[];
  /** The last chunk of outputs where it is not full. */
  openChunk(): OutputChunk | null;
  blockedKeys(): readonly string[];
  /** The window of the deduplication: the last ids, oldest first. */
  recentIds(): readonly (string | null)[];
  load(key: string): StoredState | undefined;
  /**
   * Writes one batch in one transaction.
   * @throws RecoveryError `key-in-several-partitions` when another lane owns one of the keys; `disk-write-failed` when
   *   the disk refuses
   */
  commit(commit: LaneCommit): void;
}

export interface BaselineRow {
  readonly key: string;
  readonly text: string;
  readonly hash: string;
  /** Index of the plan's baseline part. */
  readonly part: number;
}

export interface BaselineSummary {
  readonly keys: number;
  readonly digest: string;
}

/** Where a run keeps what it made. The live state is never in it. */
export interface RunStore {
  /** Null until `writeBaseline` has succeeded. */
  baseline(): BaselineSummary | null;
  /** Writes all rows in one transaction, or none. */
  writeBaseline(rows: AsyncIterable<BaselineRow> | Iterable<BaselineRow>): Promise<BaselineSummary>;
  lane(lane: LaneNumber): LaneStore;
  /** Events to park without asking the worker, because it did not come back from them. */
  forcedQuarantines(): readonly ForcedQuarantine[];
  forceQuarantine(forced: ForcedQuarantine): void;
  state(key: string): StoredState | undefined;
  /** In the order of the keys. */
  states(): Iterable<{ readonly key: string } & StoredState>;
  /** The same without their hashes, which takes half of the time. Nothing is to be written while they are read. */
  texts(): Iterable<StoredText>;
  /** How many keys with a state have which provenance. */
  provenanceGroups(): Iterable<ProvenanceGroup>;
  /** Chunks of one lane in order. */
  chunks(lane: LaneNumber): Iterable<OutputChunk>;
  quarantined(): Iterable<QuarantinedEvent>;
  close(): void;
}

export interface ProvenanceGroup {
  readonly lane: LaneNumber;
  readonly provenance: ProvenanceId;
  readonly keys: number;
}

export interface ForcedQuarantine {
  readonly partition: PartitionId;
  readonly offset: number;
  readonly reason: string;
}
