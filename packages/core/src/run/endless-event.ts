import type { RecoveryError } from '../errors/recovery-error.js';
import { describePartition, type PartitionId } from '../log/partition-id.js';
import { lanesOf, type ReplaySpec } from './replay-spec.js';
import type { ForcedQuarantine } from './store/run-store.js';

/** Where a working thread stands: the place is one of the lane's own path. */
export interface PlaceOfLane {
  readonly lane: number;
  readonly place: number;
  readonly offset: number;
}

/** `topic[3]@17`, or the offset alone where nobody knows better. */
export function nameEvent(spec: ReplaySpec, at: PlaceOfLane): string {
  const partition = partitionAt(spec, at);
  return partition === undefined ? `offset ${at.offset}` : `${describePartition(partition)}@${at.offset}`;
}

/** The event that an EM3003 of a supervised replay is about, to be parked unasked; null where it does not say. */
export function endlessEvent(spec: ReplaySpec, error: RecoveryError): ForcedQuarantine | null {
  const { lane, place, offset } = error.details;
  const at = { lane: Number(lane), place: Number(place), offset: Number(offset) };
  const partition = partitionAt(spec, at);
  return partition === undefined ? null : { partition, offset: at.offset, reason: error.message };
}

function partitionAt(spec: ReplaySpec, { lane, place }: PlaceOfLane): PartitionId | undefined {
  return lanesOf(spec).find((candidate) => candidate.lane === lane)?.partitions[place]?.id;
}
