import type { Job } from '../../engine/threads/job-thread.js';
import type { SnapshotSource } from '../../model/snapshots/snapshot-source.js';
import type { TrialReplay } from '../trial/replay-trial.js';
import { replayMarked, type MarkedEvents, type MarkedOutcome } from './marked-replay.js';

/** Replays in memory and tells what marked events come to. */
const markedReplayJob: Job<
  TrialReplay & MarkedEvents,
  { readonly snapshots: SnapshotSource | null },
  MarkedOutcome | null
> = (replay, inputs, { snapshots }, control) => replayMarked(replay, inputs, snapshots, control);

export default markedReplayJob;
