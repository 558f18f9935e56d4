import type { Job } from '../../engine/threads/job-thread.js';
import type { SnapshotSource } from '../../model/snapshots/snapshot-source.js';
import { CoverageObserver, eventTypeNamer } from '../check-coverage/coverage-observer.js';
import { snapshotRows } from '../inputs/snapshot-rows.js';
import { proveSnapshots, type CutFinding, type Proof } from './prove-snapshots.js';

/** Proves snapshots. */
const proveJob: Job<Proof, { readonly snapshots: SnapshotSource | null }, readonly CutFinding[]> = (
  proof,
  inputs,
  { snapshots },
  control,
) => {
  const typeOf = eventTypeNamer(inputs.instance.worker, proof.spec.partitions);
  const coverage = new CoverageObserver(typeOf, inputs.blocks ?? null);
  return proveSnapshots(proof, inputs, (id) => snapshotRows(snapshots, id), control, { coverage });
};

export default proveJob;
