import type { PartitionId } from '../log/partition-id.js';

/** Ranks of a recorded live order: at which place the service handled the events of a partition. */
export interface RecordedRanks {
  /** NaN for an event that the recording does not hold. Offsets rise. */
  ranks(partition: PartitionId, offsets: ArrayLike<number>): ArrayLike<number>;
}
