import {
  openReplayInputs,
  type LogLocator,
  type ReplayLocators,
  type RunControl,
  type SnapshotSource,
} from '@eventmend/core';
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
    const snapshots = data.snapshots === null ? null : await openSnapshots(data.snapshots);
    return digestOfDerivation(await deriveAgain(data.route, inputs, snapshots, control), inputs.instance);
  } finally {
    await inputs.close();
  }
}

async function openSnapshots(locator: LogLocator): Promise<SnapshotSource> {
  const { default: open } = (await import(locator.module)) as {
    default: (options: unknown) => SnapshotSource | Promise<SnapshotSource>;
  };
  return open(locator.options);
}
