import {
  openReplayInputs,
  type LogLocator,
  type PlanScope,
  type ReplayLocators,
  type RunControl,
  type SnapshotSource,
} from '@eventmend/core';
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
    return await resolveScan(data.scan, inputs, data.snapshots === null ? null : await open(data.snapshots), control);
  } finally {
    await inputs.close();
  }
}

async function open(locator: LogLocator): Promise<SnapshotSource> {
  const { default: openSnapshots } = (await import(locator.module)) as {
    default: (options: unknown) => SnapshotSource | Promise<SnapshotSource>;
  };
  return openSnapshots(locator.options);
}
