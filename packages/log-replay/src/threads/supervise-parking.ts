import {
  endlessEvent,
  isRecoveryError,
  nameEvent,
  partitionKey,
  superviseJob,
  type ForcedQuarantine,
  type LongWork,
  type Observation,
  type ReplaySpec,
} from '@eventmend/core';
import type { ReplaySituation } from '../replay-situation.js';
import { defaultEventTimeoutMs } from './locate-replay.js';

/**
 * Runs a job that replays in a supervised thread. When an event does not end and the policy is to park such events, it
 * begins anew with the event parked.
 */
export async function superviseParking<Result>(
  job: {
    readonly module: string;
    readonly situation: ReplaySituation;
    readonly spec: ReplaySpec;
    /** The job's data, given the events to park without asking the worker. */
    readonly data: (forced: readonly ForcedQuarantine[]) => unknown;
    readonly onObservation: (observation: Observation) => void;
  },
  work: LongWork,
): Promise<Result> {
  const { module, situation, spec } = job;
  const forced: ForcedQuarantine[] = [];
  for (;;) {
    try {
      return await superviseJob<Result>({
        module,
        data: job.data([...forced]),
        eventTimeoutMs: situation.tuning?.eventTimeoutMs ?? defaultEventTimeoutMs,
        describe: (at) => nameEvent(spec, at),
        onObservation: job.onObservation,
        ...(work.signal === undefined ? {} : { signal: work.signal }),
      });
    } catch (error) {
      if (!isRecoveryError(error) || error.code !== 'EM3003' || situation.poison === 'stop') throw error;
      const endless = endlessEvent(spec, error);
      if (endless === null || forced.some((one) => isSame(one, endless))) throw error;
      forced.push(endless);
    }
  }
}

function isSame(one: ForcedQuarantine, other: ForcedQuarantine): boolean {
  return one.offset === other.offset && partitionKey(one.partition) === partitionKey(other.partition);
}
