import type { Strategy } from '@eventmend/core';
import { assessReplay } from './assess/assess-replay.js';
import { makePlan } from './plan/make-plan.js';
import { recoverRun, type ReplayPlanOptions, type ReplaySituation, verifyRun } from '@eventmend/core/engine';

/** How a run is found again: its id in the store of its situation. */
export interface RunHandle {
  readonly runId: string;
}

/**
 * The best tier: replays the retained or archived log from the latest proven correct state, in order, each event exactly
 * once. Writes into the situation's store only; never to the log and never to the live state.
 */
export function logReplay(): Strategy<ReplaySituation, ReplayPlanOptions, RunHandle> {
  return {
    name: 'log-replay',
    assess: (situation, work = {}) => assessReplay(situation, work),
    plan: (situation, options, work = {}) => makePlan(situation, options, work),
    recover: (situation, plan, work = {}) => recoverRun(situation, plan, work),
    verify: (situation, run, work = {}) => verifyRun(situation, run.runId, work),
  };
}
