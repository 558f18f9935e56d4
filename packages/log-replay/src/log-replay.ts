import type { IncidentInputs, Strategy } from '@eventmend/core';
import { completeInputs, openRun, recoverRun, verifyRun, type ReplayPlanOptions } from '@eventmend/core/engine';
import { assessReplay } from './assess/assess-replay.js';
import { makePlan } from './plan/make-plan.js';

/**
 * The best tier: replays the retained or archived log from the latest proven correct state, in order, each event exactly
 * once. Writes into the store of the incident only; never to the log and never to the live state.
 * @param incident what `openIncident` gives, or what a program has: a worker and logs are enough
 */
export function logReplay(incident: IncidentInputs): Strategy<ReplayPlanOptions> {
  const inputs = completeInputs(incident);
  const plan: Strategy<ReplayPlanOptions>['plan'] = (options = {}, work = {}) => makePlan(inputs, options, work);
  return {
    name: 'log-replay',
    assess: (work = {}) => assessReplay(inputs, work),
    plan,
    recover: async (given, work = {}) =>
      openRun(inputs.store, await recoverRun(inputs, given ?? (await plan({}, work)), work)),
    verify: ({ runId }, work = {}) => verifyRun(inputs, runId, work),
  };
}
