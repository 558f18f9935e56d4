import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import type { Observation } from '../threads/shared-control.js';
import type { ReplayInputs, ReplayLocators } from './replay-inputs.js';
import { lanesOf, type ReplaySpec, type RunTuning } from '../spec/replay-spec.js';
import type { RunControl } from '../threads/run-control.js';
import { shareLanes } from '../spec/share-lanes.js';
import { runLanes, type LanesOutcome } from './run-lanes.js';
import { partitionKey } from '../../model/log/partition-id.js';
import { superviseReplay } from './supervise-replay.js';
import type { ForcedQuarantine, LaneNumber, RunStore } from '../store/run-store.js';

interface ReplayProgress {
  /** Events handled by this process. */
  readonly handled: number;
  readonly quarantined: number;
}

export interface ReplayWork {
  readonly onProgress?: (progress: ReplayProgress) => void;
  readonly signal?: AbortSignal;
}

/** What the thread of some lanes is asked for. */
export interface LanesRequest {
  readonly spec: ReplaySpec;
  readonly storeFile: string;
  readonly tuning: RunTuning;
  readonly lanes: readonly LaneNumber[];
  /** See OpenReplay. */
  readonly orderedEvents?: string;
}

/** A replay in threads: everything is opened again there. */
export interface ThreadedReplay {
  readonly spec: ReplaySpec;
  readonly locators: ReplayLocators;
  readonly store: RunStore;
  readonly storeFile: string;
  readonly tuning: RunTuning;
  readonly threads: number;
  readonly eventTimeoutMs: number;
  /** Some of the lanes; all where absent. */
  readonly lanes?: readonly LaneNumber[];
  /** See OpenReplay. */
  readonly orderedEvents?: string;
}

/**
 * Carries a replay out in supervised threads, its lanes shared out among them. An event that does not end is parked where
 * the policy says so, and its lanes go on from their last commit.
 */
export async function replayInThreads(replay: ThreadedReplay, work: ReplayWork = {}): Promise<LanesOutcome> {
  const shares = shareLanes(replay.spec, replay.threads, replay.lanes);
  const observed = new Map<number, ReplayProgress>();
  const finished = { handled: 0 };
  const tell = (): void => {
    const all = [...observed.values()];
    work.onProgress?.({
      handled: finished.handled + all.reduce((sum, one) => sum + one.handled, 0),
      quarantined: all.reduce((sum, one) => sum + one.quarantined, 0),
    });
  };
  // One share that fails stops the others cleanly: what they have done so far is committed.
  const failure = new AbortController();
  const signal = work.signal === undefined ? failure.signal : AbortSignal.any([work.signal, failure.signal]);
  const outcomes = await Promise.allSettled(
    shares.map(async (lanes, share) => {
      try {
        return await runShare(
          replay,
          lanes,
          signal,
          (observation) => {
            observed.set(share, observation);
            tell();
          },
          () => {
            finished.handled += observed.get(share)?.handled ?? 0;
            observed.delete(share);
          },
        );
      } catch (error) {
        failure.abort();
        throw error;
      }
    }),
  );
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return outcomes.some((outcome) => outcome.status === 'fulfilled' && outcome.value === 'interrupted')
    ? 'interrupted'
    : 'reached';
}

/** Carries a replay out in the calling thread, where an endless loop of the worker cannot be ended. */
export async function replayHere(
  replay: {
    readonly spec: ReplaySpec;
    readonly inputs: ReplayInputs;
    readonly store: RunStore;
    readonly tuning: RunTuning;
    /** Some of the lanes; all where absent. */
    readonly lanes?: readonly LaneNumber[];
    /** See OpenReplay. */
    readonly orderedEvents?: string;
  },
  work: ReplayWork = {},
): Promise<LanesOutcome> {
  const { spec, inputs, store, tuning } = replay;
  const { logs, instance, recorded } = inputs;
  const control = localControl(work);
  const lanes = replay.lanes ?? lanesOf(spec).map(({ lane }) => lane);
  const given = replay.orderedEvents === undefined ? {} : { orderedEvents: replay.orderedEvents };
  return runLanes({ spec, logs, recorded, instance, store, tuning, control, ...given }, lanes);
}

/** Control of a replay in the calling thread. */
export function localControl(work: ReplayWork): RunControl {
  let handled = 0;
  return {
    beginLane: () => undefined,
    enter: () => work.signal?.aborted === true,
    idle: () => undefined,
    // In this thread the process itself ends at what nobody awaits.
    settle: () => Promise.resolve(),
    get stopRequested() {
      return work.signal?.aborted === true;
    },
    progress: (events, quarantined) => {
      handled += events;
      work.onProgress?.({ handled, quarantined });
    },
  };
}

async function runShare(
  replay: ThreadedReplay,
  lanes: readonly LaneNumber[],
  signal: AbortSignal,
  onObservation: (observation: Observation) => void,
  onRestart: () => void,
): Promise<LanesOutcome> {
  const { spec, locators, storeFile, tuning, eventTimeoutMs } = replay;
  const given = replay.orderedEvents === undefined ? {} : { orderedEvents: replay.orderedEvents };
  const request: LanesRequest = { spec, storeFile, tuning, lanes, ...given };
  return superviseReplay<LanesOutcome>({
    module: pathToFileURL(createRequire(import.meta.url).resolve('#lanes-job')).href,
    locators,
    sources: {},
    request: () => request,
    spec,
    eventTimeoutMs,
    onObservation,
    signal,
    park: (event) => {
      if (isForced(replay.store, event)) return false;
      replay.store.forceQuarantine(event);
      onRestart();
      return true;
    },
  });
}

function isForced(store: RunStore, { partition, offset }: ForcedQuarantine): boolean {
  const key = partitionKey(partition);
  return store.forcedQuarantines().some((forced) => forced.offset === offset && partitionKey(forced.partition) === key);
}
