import { openReplayInputs, type LogLocator, type ReplayLocators, type RunControl } from '@eventmend/core';
import { openSnapshots } from '../threads/open-snapshots.js';
import { deriveAgain, type VerificationRoute } from './derive-again.js';
import { digestOfDerivation, type DerivationDigest } from './derivation-digest.js';

export interface VerifyJobData {
  readonly route: VerificationRoute;
  readonly locators: ReplayLocators;
  readonly snapshots: LogLocator | null;
}

/** Derives a run again in a thread of its own. */
export default async function verifyJob(data: VerifyJobData, control: RunControl): Promise<DerivationDigest> {
  const inputs = await openReplayInputs(data.locators);
  try {
    const snapshots = await openSnapshots(data.snapshots);
    return digestOfDerivation(await deriveAgain(data.route, inputs, snapshots, control), inputs.instance);
  } finally {
    await inputs.close();
  }
}
