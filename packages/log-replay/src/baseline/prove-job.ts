import {
  openReplayInputs,
  type ForcedQuarantine,
  type LogLocator,
  type ReplayLocators,
  type ReplaySpec,
  type RunControl,
  type RunTuning,
  type SnapshotSource,
} from '@eventmend/core';
import { proveSnapshots, type CutFinding, type ProofRoot, type SnapshotCut } from './prove-snapshots.js';

export interface ProveJobData {
  readonly spec: ReplaySpec;
  readonly locators: ReplayLocators;
  readonly snapshots: LogLocator;
  readonly root: ProofRoot | null;
  /** Events that did not end in an earlier attempt. */
  readonly forced: readonly ForcedQuarantine[];
  readonly cuts: readonly SnapshotCut[];
  readonly tuning: RunTuning;
}

/** Proves snapshots in a thread of its own. */
export default async function proveJob(data: ProveJobData, control: RunControl): Promise<readonly CutFinding[]> {
  const inputs = await openReplayInputs(data.locators);
  try {
    const { default: open } = (await import(data.snapshots.module)) as {
      default: (options: unknown) => SnapshotSource | Promise<SnapshotSource>;
    };
    const snapshots = await open(data.snapshots.options);
    const { spec, root, forced, cuts, tuning } = data;
    return await proveSnapshots(spec, inputs, root, forced, cuts, (id) => snapshots.rows(id), tuning, control);
  } finally {
    inputs.close();
  }
}
