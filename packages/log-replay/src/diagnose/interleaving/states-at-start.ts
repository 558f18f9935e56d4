import { migrateState } from '@eventmend/core/engine';
import type { SnapshotRow, Worker } from '@eventmend/core';

/** A snapshot that a replay begins with. */
export interface StartingStates {
  readonly stateVersion: number;
  rows(): AsyncIterable<SnapshotRow>;
}

/** The states by key, brought to the worker's version; none at the beginning of the log. */
export async function statesAtStart(start: StartingStates | null, worker: Worker): Promise<Map<string, unknown>> {
  const states = new Map<string, unknown>();
  if (start === null) return states;
  for await (const { key, state } of start.rows()) {
    states.set(key, migrateState(worker, state, start.stateVersion, key));
  }
  return states;
}
