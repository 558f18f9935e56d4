import type { Job } from '../../engine/threads/job-thread.js';
import type { SnapshotSource } from '../../model/snapshots/snapshot-source.js';
import { snapshotRows } from '../inputs/snapshot-rows.js';
import { proveSnapshots, type CutFinding, type Proof } from './prove-snapshots.js';

/** Proves snapshots. */
const proveJob: Job<Proof, { readonly snapshots: SnapshotSource | null }, readonly CutFinding[]> = (
  proof,
  inputs,
  { snapshots },
  control,
) => proveSnapshots(proof, inputs, (id) => snapshotRows(snapshots, id), control);

export default proveJob;
