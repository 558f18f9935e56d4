import { openReplayInputs, type LogLocator, type ReplayLocators, type RunControl } from '@eventmend/core';
import { openLocatedSnapshots } from '../threads/open-located-snapshots.js';
import { proveSnapshots, type CutFinding, type Proof } from './prove-snapshots.js';

export interface ProveJobData {
  readonly proof: Proof;
  readonly locators: ReplayLocators;
  readonly snapshots: LogLocator;
}

/** Proves snapshots in a thread of its own. */
export default async function proveJob(data: ProveJobData, control: RunControl): Promise<readonly CutFinding[]> {
  const inputs = await openReplayInputs(data.locators);
  try {
    return await proveSnapshots(data.proof, inputs, await openLocatedSnapshots(data.snapshots), control);
  } finally {
    await inputs.close();
  }
}
