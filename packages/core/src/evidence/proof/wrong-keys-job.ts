import type { Job } from '../../engine/threads/job-thread.js';
import type { SnapshotSource } from '../../model/snapshots/snapshot-source.js';
import { snapshotRows } from '../inputs/snapshot-rows.js';
import { findWrongKeys } from './find-wrong-keys.js';
import type { KeyFindings } from './key-findings.js';
import type { Proof } from './prove-snapshots.js';

/** Tells of the keys of a snapshot. */
const wrongKeysJob: Job<Proof, { readonly snapshots: SnapshotSource | null }, KeyFindings | null> = (
  proof,
  inputs,
  { snapshots },
  control,
) => findWrongKeys(proof, inputs, (id) => snapshotRows(snapshots, id), control);

export default wrongKeysJob;
