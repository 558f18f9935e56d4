import type { PartitionId } from '../log/partition-id.js';

/** An event that could not be processed and was set aside with all its keys. */
export interface QuarantinedEvent {
  readonly partition: PartitionId;
  readonly offset: number;
  /** Null where the event did not get as far as naming them. */
  readonly keys: readonly string[] | null;
  readonly code: string;
  readonly reason: string;
}
