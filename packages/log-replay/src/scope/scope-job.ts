import {
  openReplayInputs,
  type LogLocator,
  type PlanScope,
  type ReplayLocators,
  type RunControl,
} from '@eventmend/core';
import { openSnapshots } from '../threads/open-snapshots.js';
import type { ScopeScan } from './collect-scope.js';
import { resolveScan } from './resolve-scan.js';

export interface ScopeJobData {
  readonly scan: ScopeScan;
  readonly locators: ReplayLocators;
  readonly snapshots: LogLocator | null;
}

/** Resolves a scope in a thread of its own: a worker may not come back from naming the keys of an event. */
export default async function scopeJob(data: ScopeJobData, control: RunControl): Promise<PlanScope> {
  const inputs = await openReplayInputs(data.locators);
  try {
    return await resolveScan(data.scan, inputs, await openSnapshots(data.snapshots), control);
  } finally {
    await inputs.close();
  }
}
