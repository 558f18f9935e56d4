import type { Job } from '../../engine/threads/job-thread.js';
import type { PlanScope } from '../../model/plan/plan.js';
import type { SnapshotSource } from '../../model/snapshots/snapshot-source.js';
import type { ScopeScan } from './collect-scope.js';
import { resolveScan } from './resolve-scan.js';

/** Resolves a scope; where that can be in a thread, since a worker may not come back from naming the keys of an event. */
const scopeJob: Job<ScopeScan, { readonly snapshots: SnapshotSource | null }, PlanScope> = (
  scan,
  inputs,
  { snapshots },
  control,
) => resolveScan(scan, inputs, snapshots, control);

export default scopeJob;
