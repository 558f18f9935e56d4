import { availableParallelism } from 'node:os';
import { replayHere, replayInThreads, type ReplayWork } from '../../engine/replay/execute-replay.js';
import { adoptReplayInputs } from '../../engine/replay/replay-inputs.js';
import type { LanesOutcome } from '../../engine/replay/run-lanes.js';
import { lanesOf, type ReplaySpec, type RunTuning } from '../../engine/spec/replay-spec.js';
import type { RunStore } from '../../engine/store/run-store.js';
import { eventTimeoutOf, locateReplay } from '../../evidence/inputs/locate-replay.js';
import type { PreparedInputs } from '../../evidence/inputs/prepare-inputs.js';

/** What a plan makes the engine do, and the store that it goes into. */
export interface StoredReplay {
  readonly spec: ReplaySpec;
  readonly store: RunStore;
  /** Where threads find that store. */
  readonly storeFile: string;
  readonly tuning: RunTuning;
}

/** Replays into a store, in as many threads as the situation has for it; in this one where the worker lives in its memory only. */
export async function replayIntoStore(
  { situation, survey, recorded }: PreparedInputs,
  { spec, store, storeFile, tuning }: StoredReplay,
  work: ReplayWork,
): Promise<LanesOutcome> {
  const logs = survey.logs.map(({ log }) => log);
  const locators = locateReplay(situation, logs);
  if (locators === null) {
    const { worker, references } = situation;
    const inputs = await adoptReplayInputs(logs, worker, references, recorded, eventTimeoutOf(situation));
    try {
      return await replayHere({ spec, inputs, store, tuning }, work);
    } finally {
      await inputs.close();
    }
  }
  const threads = situation.tuning?.threads ?? Math.min(availableParallelism(), lanesOf(spec).length);
  const eventTimeoutMs = eventTimeoutOf(situation);
  return replayInThreads({ spec, locators, store, storeFile, tuning, threads, eventTimeoutMs }, work);
}
