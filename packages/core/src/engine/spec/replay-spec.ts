import type { PartitionId } from '../../model/log/partition-id.js';
import type { OrderSpec } from '../../model/order/order-spec.js';
import type { KeyScope, PoisonPolicy } from '../../model/plan/plan.js';
import type { PartitionOrderState } from '../../model/position/position.js';
import type { Cause, SegmentSource } from '../../model/provenance/provenance.js';
import type { AccountedHole } from '../accounts/partition-ledger.js';
import type { LaneNumber } from '../store/run-store.js';

/** One range of a partition; `log` is an index into the logs at hand, null where nobody has the range. */
export interface SpecRange {
  readonly from: number;
  readonly to: number;
  readonly log: number | null;
  readonly segment: number;
  /** Nobody has the range, since no event ever stood there. */
  readonly declared?: true;
  /** Nobody has the range, and what stands in for it is said to be all of it. */
  readonly stoodIn?: true;
  /** Nobody has the range, and as many events as it held were estimated. */
  readonly estimated?: 'interpolated' | 'extrapolated';
}

export interface SpecPartition {
  readonly id: PartitionId;
  /** Where the oldest baseline part ends. */
  readonly next: number;
  readonly order: PartitionOrderState;
  /** Exclusive end of the replay. */
  readonly target: number;
  /** From `next` to the end of the log as it was at planning; what lies beyond the target serves the order only. */
  readonly ranges: readonly SpecRange[];
  readonly holes: readonly AccountedHole[];
  /**
   * Stand-ins from the records of another system: counted beside the accounts of the log, and in the order of their times,
   * which were confirmed when they were chosen.
   */
  readonly standIns?: true;
  /** Of these: facts about states, which are set and not handled. */
  readonly facts?: true;
}

/** Where the events of a segment come from: which log of the plan, and what it is. */
export interface SegmentOrigin {
  readonly log: number;
  readonly source: SegmentSource;
}

/**
 * What a replay does, free of everything that has to be opened: plain data that a thread can be given. The plan says why;
 * this says what.
 */
export interface ReplaySpec {
  /** Sorted by `comparePartitions`. */
  readonly partitions: readonly SpecPartition[];
  readonly order: OrderSpec;
  readonly locality: 'partition' | 'global';
  readonly poison: PoisonPolicy;
  readonly acceptGaps: boolean;
  /** Events that name other keys are passed over; all keys where absent. */
  readonly scope?: KeyScope;
  readonly parts: readonly { readonly scope: KeyScope; readonly cause: Cause; readonly starts: readonly number[] }[];
  /** By segment of the plan. */
  readonly segmentOrigins: readonly SegmentOrigin[];
}

/** Knobs of a run; none of them changes a result. */
export interface RunTuning {
  readonly batchEvents: number;
  readonly batchMs: number;
  readonly cachedStates: number;
  readonly determinismSample: number;
  readonly alwaysFreeze: boolean;
}

export const defaultTuning: RunTuning = {
  batchEvents: 50_000,
  batchMs: 500,
  cachedStates: 100_000,
  determinismSample: 1_000,
  alwaysFreeze: false,
};

/** The lanes of a replay, and which partitions each of them runs. */
export function lanesOf<Partition>(spec: {
  readonly locality: ReplaySpec['locality'];
  readonly partitions: readonly Partition[];
}): readonly { readonly lane: LaneNumber; readonly partitions: readonly Partition[] }[] {
  if (spec.locality === 'global') return [{ lane: 0, partitions: spec.partitions }];
  return spec.partitions.map((partition, lane) => ({ lane, partitions: [partition] }));
}
