import type { IncidentInputs, Strategy } from '@eventmend/core';
import {
  completeInputs,
  openRun,
  recoverRun,
  verifyRun,
  type GapEstimator,
  type ReplayPlanOptions,
} from '@eventmend/core/engine';
import { assessCheckpoints } from './assess/assess-checkpoints.js';
import { makePlan } from './plan/make-plan.js';

/** What a program hands in besides the incident. */
export interface CheckpointRecoverySettings {
  /** Estimates what nothing stands in for; by default it stays lost. */
  readonly estimator?: GapEstimator | null;
}

/**
 * The middle tier: begins at the checkpoint that loses least, brings in what other systems recorded of the events that no log
 * holds, and replays the events that are left, in order. What cannot be known is said key by key, and nothing of it is called
 * exact. Writes into the store of the incident only.
 * @param incident what `openIncident` gives, or what a program has: a worker, logs and snapshots
 */
export function checkpointRecovery(
  incident: IncidentInputs,
  { estimator = null }: CheckpointRecoverySettings = {},
): Strategy<ReplayPlanOptions> {
  const inputs = completeInputs(incident);
  const plan: Strategy<ReplayPlanOptions>['plan'] = (options = {}, work = {}) =>
    makePlan(inputs, options, work, estimator);
  return {
    name: 'checkpoint',
    assess: (work = {}) => assessCheckpoints(inputs, work),
    plan,
    recover: async (given, work = {}) =>
      openRun(inputs.store, await recoverRun(inputs, given ?? (await plan({}, work)), work)),
    verify: ({ runId }, work = {}) => verifyRun(inputs, runId, work),
  };
}
