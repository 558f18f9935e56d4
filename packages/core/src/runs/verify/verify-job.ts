import type { Job } from '../../engine/threads/job-thread.js';
import type { SnapshotSource } from '../../model/snapshots/snapshot-source.js';
import { deriveAgain, type VerificationRoute } from './derive-again.js';
import { digestOfDerivation, type DerivationDigest } from './derivation-digest.js';

/** Derives a run again. */
const verifyJob: Job<VerificationRoute, { readonly snapshots: SnapshotSource | null }, DerivationDigest> = async (
  route,
  inputs,
  { snapshots },
  control,
) => digestOfDerivation(await deriveAgain(route, inputs, snapshots, control), inputs.instance, route);

export default verifyJob;
