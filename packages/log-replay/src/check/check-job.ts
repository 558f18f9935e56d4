import { openReplayInputs, type LogLocator, type ReplayLocators, type RunControl } from '@eventmend/core';
import { openLocatedSnapshots } from '../threads/open-located-snapshots.js';
import { replayCheck, type CheckFindings, type CheckTask } from './replay-check.js';

export interface CheckJobData extends CheckTask {
  readonly locators: ReplayLocators;
  /** Null where there are no snapshots. */
  readonly snapshots: LogLocator | null;
}

/** Checks a worker in a thread of its own. */
export default async function checkJob(data: CheckJobData, control: RunControl): Promise<CheckFindings> {
  const inputs = await openReplayInputs(data.locators);
  try {
    return await replayCheck(data, inputs, await openLocatedSnapshots(data.snapshots), control);
  } finally {
    await inputs.close();
  }
}
