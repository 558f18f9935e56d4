import type { IncidentInputs, Strategy } from '@eventmend/core';
import { completeInputs, openRun, recoverRun, verifyRun, type ReplayPlanOptions } from '@eventmend/core/engine';
import type { StatesOptions } from '../ensemble/states-options.js';
import { assessEstimation } from './assess-estimation.js';
import { planEstimation } from './plan-estimation.js';

/**
 * The last tier: where neither the log nor the records of other systems have what is lost, as many events are drawn from the
 * history, and the worker is run over them. A run holds the states of one possibility, called `interpolated` or `extrapolated`, and
 * its plan says how far the measures of the worker may be off. Writes into the store of the incident only.
 * @param incident what `openIncident` gives, or what a program has: a worker, logs and snapshots
 */
export function estimation(incident: IncidentInputs, settings: StatesOptions = {}): Strategy<ReplayPlanOptions> {
  const inputs = completeInputs(incident);
  const plan: Strategy<ReplayPlanOptions>['plan'] = (options = {}, work = {}) =>
    planEstimation(inputs, options, settings, work);
  return {
    name: 'estimation',
    assess: (work = {}) => assessEstimation(inputs, work),
    plan,
    recover: async (given, work = {}) =>
      openRun(inputs.store, await recoverRun(inputs, given ?? (await plan({}, work)), work)),
    verify: ({ runId }, work = {}) => verifyRun(inputs, runId, work),
  };
}
