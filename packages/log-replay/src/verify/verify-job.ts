import type { Job, SnapshotSource } from '@eventmend/core';
import { deriveAgain, type VerificationRoute } from './derive-again.js';
import { digestOfDerivation, type DerivationDigest } from './derivation-digest.js';

/** Derives a run again. */
const verifyJob: Job<VerificationRoute, { readonly snapshots: SnapshotSource | null }, DerivationDigest> = async (
  route,
  inputs,
  { snapshots },
  control,
) => digestOfDerivation(await deriveAgain(route, inputs, snapshots, control), inputs.instance);

export default verifyJob;
