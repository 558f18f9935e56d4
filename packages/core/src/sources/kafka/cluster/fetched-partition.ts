import type { RecoveryError } from '../../../model/errors/recovery-error.js';
import type { AbortedTransaction, FetchSettings } from '../protocol/fetch-request.js';
import type { RecordColumns } from '../batches/record-columns.js';

/** A fetch, with the name of its topic too: for messages, and for brokers that know no ids. */
export interface PartitionFetch extends FetchSettings {
  readonly topic: string;
}

/** What the leader of a partition answered to a fetch. */
export interface FetchedPartition {
  readonly highWatermark: number;
  /** Behind the last event whose transaction is decided; the high watermark where the broker does not say. */
  readonly lastStableOffset: number;
  /** The oldest offset that the broker keeps; -1 where it does not say. */
  readonly logStartOffset: number;
  readonly aborted: readonly AbortedTransaction[];
  /** Bytes of batches in the answer, those of one that was cut off too; 0 where the client does not say. */
  readonly recordBytes: number;
  /** In rising order. A batch that was cut off at the end of the answer is not in it. */
  readonly batches: Iterable<FetchedBatch>;
}

/** A record batch, whoever decoded it. */
export interface FetchedBatch {
  readonly baseOffset: number;
  /** Of the batch as it was written: compaction may have taken its last records. */
  readonly lastOffset: number;
  readonly transactional: boolean;
  readonly control: boolean;
  readonly producerId: number;
  /** Milliseconds since 1970. */
  readonly maxTimestamp: number;
  /** Its bytes as the broker gave them; absent where a client decoded it. */
  readonly raw?: Uint8Array;
  /** Why nothing of it can be believed but its place; absent for a whole batch. Its records are not to be decoded. */
  readonly damaged?: RecoveryError;
  /**
   * Appends the records from `from` to before `to`.
   * @throws RecoveryError `corrupt-record-batch`, `kafka-incompatible`
   */
  decode(columns: RecordColumns, from: number, to: number): void;
  /** True for the end of a transaction that was undone; asked of control batches. */
  endsAborted(): boolean;
}
