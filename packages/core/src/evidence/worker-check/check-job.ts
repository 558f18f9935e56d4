import type { Job } from '../../engine/threads/job-thread.js';
import type { SnapshotSource } from '../../model/snapshots/snapshot-source.js';
import { snapshotRows } from '../inputs/snapshot-rows.js';
import { replayCheck, type CheckFindings, type CheckTask } from './replay-check.js';

/** Checks a worker. */
const checkJob: Job<CheckTask, { readonly snapshots: SnapshotSource | null }, CheckFindings> = (
  task,
  inputs,
  { snapshots },
  control,
) => replayCheck(task, inputs, (id) => snapshotRows(snapshots, id), control);

export default checkJob;
