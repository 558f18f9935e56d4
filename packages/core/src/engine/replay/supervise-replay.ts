import { isRecoveryError, type RecoveryError } from '../../model/errors/recovery-error.js';
import { describePartition, type PartitionId } from '../../model/log/partition-id.js';
import type { HandlerPlace } from '../threads/stray-failures.js';
import { superviseJob, type SupervisedJob } from '../threads/supervise-job.js';
import { lanesOf, type ReplaySpec } from '../spec/replay-spec.js';
import type { ForcedQuarantine } from '../store/run-store.js';

/** The partitions whose events a job hands to the worker, and what becomes of one that does not end. */
export interface WatchedPartitions extends Pick<ReplaySpec, 'locality' | 'poison'> {
  readonly partitions: readonly { readonly id: PartitionId }[];
}

/** A job that replays in a thread of its own. */
export interface SupervisedReplay extends Omit<SupervisedJob, 'request' | 'describe'> {
  readonly spec: WatchedPartitions;
  /** Asked for anew at each beginning. */
  readonly request: () => unknown;
  /** Has an event parked unasked when the job begins anew; false where it was parked already. */
  readonly park: (event: ForcedQuarantine) => boolean;
}

/**
 * Runs a job in a thread that can be ended. Begins anew, with the event parked, when one does not end and the policy is
 * to park such events.
 * @throws RecoveryError `worker-timeout` for an event that does not end; whatever the job throws
 */
export async function superviseReplay<Result>({ spec, request, park, ...job }: SupervisedReplay): Promise<Result> {
  for (;;) {
    try {
      return await superviseJob<Result>({ ...job, request: request(), describe: (at) => nameEvent(spec, at) });
    } catch (error) {
      if (!isRecoveryError(error) || error.code !== 'worker-timeout' || spec.poison === 'stop') throw error;
      const event = timedOutEvent(spec, error);
      // A second time: even its keys cannot be asked for. Parking it would mark every key; the user has to decide.
      if (event === null || !park(event)) throw error;
    }
  }
}

/** `topic[3]@17`, or the offset alone where nobody knows better. */
function nameEvent(spec: WatchedPartitions, at: HandlerPlace): string {
  const partition = partitionAt(spec, at);
  return partition === undefined ? `offset ${at.offset}` : `${describePartition(partition)}@${at.offset}`;
}

/** The event that a `worker-timeout` is about; null where it does not say. */
function timedOutEvent(spec: WatchedPartitions, error: RecoveryError): ForcedQuarantine | null {
  const { lane, place, offset } = error.details;
  const at = { lane: Number(lane), place: Number(place), offset: Number(offset) };
  const partition = partitionAt(spec, at);
  return partition === undefined ? null : { partition, offset: at.offset, reason: error.message };
}

function partitionAt(spec: WatchedPartitions, { lane, place }: HandlerPlace): PartitionId | undefined {
  return lanesOf(spec).find((candidate) => candidate.lane === lane)?.partitions[place]?.id;
}
