import {
  judgeRun,
  runIdOf,
  summariseFidelity,
  summariseRun,
  type Plan,
  type ReplaySpec,
  type RunReport,
  type RunStore,
} from '@eventmend/core';

export interface ReportInput {
  readonly plan: Plan;
  readonly spec: ReplaySpec;
  readonly store: RunStore;
  readonly status: RunReport['status'];
  readonly live: RunReport['live'];
  readonly verification: 'passed' | 'failed' | 'none';
  readonly elapsedMs: number;
}

/** The report of a run: everything but the status, the times and the comparison follows from plan and store. */
export function reportRun({ plan, spec, store, status, live, verification, elapsedMs }: ReportInput): RunReport {
  const summary = summariseRun(spec, store);
  const checked = plan.workerCheck.checked && verification === 'passed';
  const { totals } = summary;
  return {
    runId: runIdOf(plan),
    planId: plan.id,
    strategy: plan.strategy,
    status,
    verdict: judgeRun(summary, plan.workerCheck, verification),
    fidelity: summariseFidelity(spec, store, { checked }),
    accounts: summary.accounts,
    totals,
    order: summary.order,
    stateKeys: summary.stateKeys,
    stateDigest: summary.stateDigest,
    outputs: summary.outputs,
    outputsDigest: summary.outputsDigest,
    quarantined: summary.quarantined,
    negativeZeros: summary.negativeZeros,
    live,
    notes: [],
    elapsedMs,
    eventsPerSecond: elapsedMs > 0 ? Math.round((totals.applied / elapsedMs) * 1000) : null,
  };
}
