import type { Job, SnapshotSource } from '@eventmend/core';
import { snapshotRows } from '../threads/snapshot-rows.js';
import { proveSnapshots, type CutFinding, type Proof } from './prove-snapshots.js';

/** Proves snapshots. */
const proveJob: Job<Proof, { readonly snapshots: SnapshotSource | null }, readonly CutFinding[]> = (
  proof,
  inputs,
  { snapshots },
  control,
) => proveSnapshots(proof, inputs, (id) => snapshotRows(snapshots, id), control);

export default proveJob;
