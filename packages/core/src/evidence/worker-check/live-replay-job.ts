import type { Job } from '../../engine/threads/job-thread.js';
import type { SnapshotSource } from '../../model/snapshots/snapshot-source.js';
import { snapshotRows } from '../inputs/snapshot-rows.js';
import type { Proof } from '../proof/prove-snapshots.js';
import { windowedWorker, type OutsideWindow } from './windowed-worker.js';
import { liveCut, replayToLive, type LiveReplay } from './replay-to-live.js';

export interface LiveReplayRequest {
  /** Its only cut is the live state. */
  readonly proof: Proof;
  readonly liveId: string;
  /** The version that handled what lies outside of the incident; null where the worker handled everything. */
  readonly outside: OutsideWindow | null;
}

/** Null where the replay begins at the beginning of the log. */
interface LiveReplaySources {
  readonly snapshots: SnapshotSource | null;
  readonly live: SnapshotSource | null;
}

/** Replays one version of the worker to the live position. */
const liveReplayJob: Job<LiveReplayRequest, LiveReplaySources, LiveReplay> = async (
  { proof, liveId, outside },
  inputs,
  { snapshots, live },
  control,
) => {
  const rowsOf = (id: string) => (id === liveCut ? snapshotRows(live, liveId) : snapshotRows(snapshots, id));
  const instance = outside === null ? inputs.instance : await windowedWorker(inputs.instance, outside);
  try {
    return await replayToLive(proof, { ...inputs, instance }, rowsOf, control);
  } finally {
    // The version inside of the window belongs to whoever opened the inputs.
    if (instance !== inputs.instance) await instance.close();
  }
};

export default liveReplayJob;
