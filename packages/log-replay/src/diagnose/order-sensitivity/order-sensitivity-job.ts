import type { ForcedQuarantine, Job, ReplaySpec } from '@eventmend/core/engine';
import type { SnapshotSource } from '@eventmend/core';
import { measureInReplay } from './measure-in-replay.js';
import type { OrderSensitivity, SensitivityOptions } from './order-sensitivity.js';

/** One snapshot of a source. */
export interface NamedStates {
  readonly id: string;
  readonly stateVersion: number;
}

export interface OrderSensitivityRequest {
  readonly spec: ReplaySpec;
  readonly start: NamedStates | null;
  readonly live: NamedStates | null;
  readonly options: SensitivityOptions;
  readonly forced: readonly ForcedQuarantine[];
}

interface OrderSensitivitySources {
  readonly snapshots: SnapshotSource | null;
  readonly live: SnapshotSource | null;
}

/** Measures how far the states depend on the order. Null when it was stopped. */
const orderSensitivityJob: Job<OrderSensitivityRequest, OrderSensitivitySources, OrderSensitivity | null> = (
  request,
  inputs,
  sources,
  control,
) => {
  const start = statesOf(sources.snapshots, request.start);
  const live = statesOf(sources.live, request.live);
  return measureInReplay({ ...request, start, live, inputs, control });
};

export default orderSensitivityJob;

/** The rows of one snapshot, as often as they are asked for. */
function statesOf(source: SnapshotSource | null, named: NamedStates | null) {
  if (source === null || named === null) return null;
  return { stateVersion: named.stateVersion, rows: () => source.rows(named.id) };
}
