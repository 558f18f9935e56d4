import { availableParallelism } from 'node:os';
import { adoptReplayInputs } from '../../engine/replay/replay-inputs.js';
import { paysToReadAhead, type ReplayShape } from '../../engine/read-ahead/pays-to-read-ahead.js';
import type { ReadAheadOptions } from '../../engine/read-ahead/reading-link.js';
import { spareCores } from '../../engine/read-ahead/spare-cores.js';
import { replayHere, replayInThreads } from '../../engine/replay/execute-replay.js';
import type { LanesOutcome } from '../../engine/replay/run-lanes.js';
import { lanesOf, type ReplaySpec, type RunTuning } from '../../engine/spec/replay-spec.js';
import type { LaneNumber, RunStore } from '../../engine/store/run-store.js';
import { eventTimeoutOf, locateReplay, offsetsOf, runTuning } from '../../evidence/inputs/locate-replay.js';
import type { PreparedInputs } from '../../evidence/inputs/prepare-inputs.js';
import type { LongWork } from '../../model/strategy/strategy.js';
import { summariseRun } from '../report/summarise-run.js';

/** A replay into the store of a run, which lies in a file so that threads can open it too. */
export interface ReplayIntoStore {
  readonly spec: ReplaySpec;
  readonly store: RunStore;
  readonly storeFile: string;
  /** That of the situation where absent. */
  readonly tuning?: RunTuning;
  /** Some of the lanes; all where absent. */
  readonly lanes?: readonly LaneNumber[];
  /** A file of ordered events in the place of the logs, see OpenReplay. */
  readonly orderedEvents?: string;
}

/** Replays from where the store stands to the target: in threads wherever everything can be opened there. */
export async function replayIntoStore(
  prepared: Pick<PreparedInputs, 'situation' | 'survey' | 'recorded' | 'facts'>,
  given: ReplayIntoStore,
  work: LongWork,
): Promise<LanesOutcome> {
  const { spec, store, storeFile, lanes, orderedEvents } = given;
  const { situation, survey, recorded } = prepared;
  const logs = survey.logs.map(({ log }) => log);
  const tuning = given.tuning ?? runTuning(situation.tuning);
  const chosen = lanesOf(spec).filter(({ lane }) => lanes?.includes(lane) !== false);
  const total = offsetsOf({ partitions: chosen.flatMap(({ partitions }) => partitions) });
  const before = summariseRun(spec, store).totals.offsets;
  const replayWork = {
    onProgress: ({ handled, quarantined }: { handled: number; quarantined: number }) =>
      work.onProgress?.({ phase: 'replay', done: Math.min(total, before + handled), total, quarantined }),
    ...(work.signal === undefined ? {} : { signal: work.signal }),
  };
  const only = {
    ...(lanes !== undefined && { lanes }),
    ...(orderedEvents !== undefined && { orderedEvents }),
  };
  const locators = locateReplay(situation, logs);
  if (locators === null) {
    const { worker, references } = situation;
    const inputs = await adoptReplayInputs(logs, worker, references, recorded, eventTimeoutOf(situation));
    try {
      return await replayHere({ spec, inputs, store, tuning, ...only }, replayWork);
    } finally {
      await inputs.close();
    }
  }
  const threads = situation.tuning?.threads ?? Math.min(availableParallelism(), chosen.length);
  const eventTimeoutMs = eventTimeoutOf(situation);
  const readAhead = orderedEvents === undefined ? readingAhead(prepared, { offsets: total - before, threads }) : null;
  const located = readAhead === null ? locators : { ...locators, readAhead };
  return replayInThreads(
    { spec, locators: located, store, storeFile, tuning, threads, eventTimeoutMs, ...only },
    replayWork,
  );
}

/**
 * As the user says, or where it pays; null where there is no thread that reads ahead. A worker that decodes for itself has no
 * use for values that are decoded already, and one that is a process has the second core.
 */
function readingAhead(
  { situation, facts }: Pick<PreparedInputs, 'situation' | 'facts'>,
  { offsets, threads }: Pick<ReplayShape, 'offsets' | 'threads'>,
): ReadAheadOptions | null {
  const takesBytes = situation.worker.kind === 'process' || facts.worker.decode !== undefined;
  const pays = (): boolean => !takesBytes && paysToReadAhead({ offsets, threads, spareCores: spareCores(threads) });
  return (situation.tuning?.readAhead ?? pays()) ? { bytes: takesBytes } : null;
}
