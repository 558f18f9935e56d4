import type { SnapshotSource } from '@eventmend/core';
import type { Job } from '@eventmend/core/engine';
import { runMembers, type MembersOutcome, type MembersRequest } from './run-members.js';

/** Runs an ensemble; where that can be in a thread, since a worker may not come back from an event. Null when it was stopped. */
const ensembleJob: Job<MembersRequest, { readonly snapshots: SnapshotSource | null }, MembersOutcome | null> = (
  request,
  inputs,
  { snapshots },
  control,
) => runMembers(request, inputs, snapshots, control);

export default ensembleJob;
