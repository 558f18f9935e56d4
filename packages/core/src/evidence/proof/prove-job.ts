import type { Job } from '../../engine/threads/job-thread.js';
import type { SnapshotSource } from '../../model/snapshots/snapshot-source.js';
import { CoverageObserver, eventTypeNamer } from '../check-coverage/coverage-observer.js';
import { snapshotRows } from '../inputs/snapshot-rows.js';
import { proveSnapshots, type CutFinding, type Proof } from './prove-snapshots.js';

/** Carries out proofs in turn: what is opened for one serves them all. Fewer findings than proofs where it was stopped. */
const proveJob: Job<
  readonly Proof[],
  { readonly snapshots: SnapshotSource | null },
  readonly (readonly CutFinding[])[]
> = async (proofs, inputs, { snapshots }, control) => {
  const findings: (readonly CutFinding[])[] = [];
  for (const proof of proofs) {
    if (control.stopRequested) break;
    const typeOf = eventTypeNamer(inputs.instance.worker, proof.spec.partitions);
    // It leaves aside what the proof before this one exercised.
    const coverage = new CoverageObserver(typeOf, inputs.blocks ?? null);
    findings.push(await proveSnapshots(proof, inputs, (id) => snapshotRows(snapshots, id), control, { coverage }));
  }
  return findings;
};

export default proveJob;
