import {
  endlessEvent,
  isRecoveryError,
  nameEvent,
  partitionKey,
  superviseJob,
  type ForcedQuarantine,
  type LongWork,
  type PoisonPolicy,
  type ReplaySpec,
} from '@eventmend/core';
import { jobModule } from './locate-replay.js';

/** A job that replays in a thread of its own. */
export interface ParkingJob {
  readonly module: Parameters<typeof jobModule>[0];
  readonly spec: ReplaySpec;
  readonly poison: PoisonPolicy;
  readonly eventTimeoutMs: number;
  /** Memory for what dies young, where the job makes much of it. */
  readonly youngGenerationMb?: number;
  /** Events that are parked from the beginning. */
  readonly forced: readonly ForcedQuarantine[];
  /** The job's data, given the events to park without asking the worker. */
  readonly data: (forced: readonly ForcedQuarantine[]) => unknown;
  readonly tell: (handled: number, quarantined: number) => void;
}

/**
 * Runs a job in a thread that can be ended. Begins anew, with the event parked, when one does not end and the policy is to
 * park such events.
 * @throws RecoveryError EM3003 for an event that does not end; whatever the job throws
 */
export async function superviseParking<Result>(job: ParkingJob, work: LongWork): Promise<Result> {
  const forced = [...job.forced];
  for (;;) {
    try {
      return await superviseJob<Result>({
        module: jobModule(job.module),
        data: job.data([...forced]),
        eventTimeoutMs: job.eventTimeoutMs,
        ...(job.youngGenerationMb === undefined ? {} : { youngGenerationMb: job.youngGenerationMb }),
        describe: (at) => nameEvent(job.spec, at),
        onObservation: ({ handled, quarantined }) => {
          job.tell(handled, quarantined);
        },
        ...(work.signal === undefined ? {} : { signal: work.signal }),
      });
    } catch (error) {
      if (!isRecoveryError(error) || error.code !== 'EM3003' || job.poison === 'stop') throw error;
      const endless = endlessEvent(job.spec, error);
      if (endless === null || forced.some((one) => isSame(one, endless))) throw error;
      forced.push(endless);
    }
  }
}

function isSame(one: ForcedQuarantine, other: ForcedQuarantine): boolean {
  return one.offset === other.offset && partitionKey(one.partition) === partitionKey(other.partition);
}
