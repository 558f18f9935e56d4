import type { Job, SnapshotSource } from '@eventmend/core';
import { snapshotRows } from '../threads/snapshot-rows.js';
import { replayCheck, type CheckFindings, type CheckTask } from './replay-check.js';

/** Checks a worker. */
const checkJob: Job<CheckTask, { readonly snapshots: SnapshotSource | null }, CheckFindings> = (
  task,
  inputs,
  { snapshots },
  control,
) => replayCheck(task, inputs, (id) => snapshotRows(snapshots, id), control);

export default checkJob;
