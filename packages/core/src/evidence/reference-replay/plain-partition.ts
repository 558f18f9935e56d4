import type { EventLog, LogHole } from '../../model/log/event-log.js';
import type { Offset } from '../../model/event/offset.js';
import type { PartitionId } from '../../model/log/partition-id.js';

/** A stretch of a partition and the log that is asked for it; null where nobody holds it. */
interface PlainRange {
  readonly from: Offset;
  readonly to: Offset;
  readonly log: EventLog | null;
}

/** One partition of a plain replay: what is replayed, and what is known at its start. */
export interface PlainPartition {
  readonly id: PartitionId;
  /** First offset of the replay. */
  readonly start: Offset;
  /** One past the last offset of the replay. */
  readonly end: Offset;
  /** One past the last offset that the log had at planning: large steps of time are confirmed up to here, not further. */
  readonly logEnd: Offset;
  /** State of the order at `start`; -Infinity at the beginning of the log. */
  readonly watermark: number;
  readonly clock: number;
  /** No step of time is too large to be believed; false where absent. */
  readonly timesConfirmed?: boolean;
  /** Its events are facts about states, which are set and not handled. */
  readonly facts?: boolean;
  /** Described holes, in rising order. */
  readonly holes: readonly LogHole[];
  /** In rising order, disjoint, covering `start` to `logEnd`: what is not covered counts as not there. */
  readonly ranges: readonly PlainRange[];
}
