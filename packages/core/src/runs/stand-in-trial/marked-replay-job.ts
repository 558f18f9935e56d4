import type { Job } from '../../engine/threads/job-thread.js';
import type { SnapshotSource } from '../../model/snapshots/snapshot-source.js';
import { replayMarked, type MarkedOutcome, type MarkedReplay } from './marked-replay.js';

/** Replays in memory and tells what marked events come to. */
const markedReplayJob: Job<MarkedReplay, { readonly snapshots: SnapshotSource | null }, MarkedOutcome | null> = (
  replay,
  inputs,
  { snapshots },
  control,
) => replayMarked(replay, inputs, snapshots, control);

export default markedReplayJob;
