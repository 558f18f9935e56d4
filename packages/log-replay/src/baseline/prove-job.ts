import {
  openReplayInputs,
  type LogLocator,
  type ReplayLocators,
  type RunControl,
  type SnapshotSource,
} from '@eventmend/core';
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
    const { default: open } = (await import(data.snapshots.module)) as {
      default: (options: unknown) => SnapshotSource | Promise<SnapshotSource>;
    };
    const snapshots = await open(data.snapshots.options);
    return await proveSnapshots(data.proof, inputs, (id) => snapshots.rows(id), control);
  } finally {
    inputs.close();
  }
}
