import {
  openReplayInputs,
  type ForcedQuarantine,
  type LogLocator,
  type ReplayLocators,
  type ReplaySpec,
  type RunControl,
  type SnapshotSource,
} from '@eventmend/core';
import { openSnapshots } from '../../threads/open-snapshots.js';
import { measureInReplay } from './measure-in-replay.js';
import type { OrderSensitivity, SensitivityOptions } from './order-sensitivity.js';

/** One snapshot of a source. */
export interface NamedStates {
  readonly id: string;
  readonly stateVersion: number;
}

export interface OrderSensitivityJobData {
  readonly spec: ReplaySpec;
  readonly locators: ReplayLocators;
  readonly snapshots: LogLocator | null;
  readonly liveSource: LogLocator | null;
  readonly start: NamedStates | null;
  readonly live: NamedStates | null;
  readonly options: SensitivityOptions;
  readonly forced: readonly ForcedQuarantine[];
}

/** Measures in a thread of its own how far the states depend on the order. */
export default async function orderSensitivityJob(
  data: OrderSensitivityJobData,
  control: RunControl,
): Promise<OrderSensitivity | null> {
  const inputs = await openReplayInputs(data.locators);
  try {
    const { spec, forced, options } = data;
    const start = statesOf(await openSnapshots(data.snapshots), data.start);
    const live = statesOf(await openSnapshots(data.liveSource), data.live);
    return await measureInReplay({ spec, forced, options, start, live, inputs, control });
  } finally {
    await inputs.close();
  }
}

/** The rows of one snapshot, as often as they are asked for. */
export function statesOf(source: SnapshotSource | null, named: NamedStates | null) {
  if (source === null || named === null) return null;
  return { stateVersion: named.stateVersion, rows: () => source.rows(named.id) };
}
