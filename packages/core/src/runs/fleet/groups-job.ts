import type { Job } from '../../engine/threads/job-thread.js';
import { collectScope, type ScopeScan } from '../../evidence/scope/collect-scope.js';
import type { SnapshotSource } from '../../model/snapshots/snapshot-source.js';
import { groupsOf, type SurveyedGroups } from './groups-of.js';

/** Finds out which keys events connect; where that can be in a thread, since a worker may not come back from naming keys. */
const groupsJob: Job<ScopeScan, { readonly snapshots: SnapshotSource | null }, SurveyedGroups> = async (
  scan,
  inputs,
  _,
  control,
) => groupsOf(await collectScope(scan, inputs, null, control));

export default groupsJob;
