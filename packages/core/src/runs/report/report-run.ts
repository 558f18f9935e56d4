import { noMarks, type CoverageMarks } from './coverage-marks.js';
import { judgeRun, type VerificationOutcome } from './judge-run.js';
import { knownAccounts } from './known-accounts.js';
import { lanesOf, type ReplaySpec } from '../../engine/spec/replay-spec.js';
import { runIdOf } from '../../model/plan/plan-id.js';
import { summariseFidelity } from './key-fidelity.js';
import { summariseRun, type RunSummary } from './summarise-run.js';
import type { Plan } from '../../model/plan/plan.js';
import type { FidelitySummary, RunReport } from '../../model/strategy/run-report.js';
import type { RunStore } from '../../engine/store/run-store.js';
import { summariseScope } from '../../evidence/scope/summarise-scope.js';

export interface ReportInput {
  readonly plan: Plan;
  readonly spec: ReplaySpec;
  readonly store: RunStore;
  readonly status: RunReport['status'];
  readonly live: RunReport['live'];
  /** Keys of the live state outside of the plan's scope; null where they were not counted. */
  readonly liveOutside: number | null;
  /** Absent or null where no key is kept. */
  readonly kept?: RunReport['kept'] | null;
  /** Absent or null where the live state was no candidate. */
  readonly candidates?: RunReport['candidates'] | null;
  readonly verification: VerificationOutcome;
  readonly elapsedMs: number;
  /** Absent before a verification; null where nobody knows what the check of the worker covered. */
  readonly uncovered?: CoverageMarks | null;
}

/** The report of a run: everything but the status, the times and the comparison follows from plan and store. */
export function reportRun({
  plan,
  spec,
  store,
  status,
  live,
  liveOutside,
  kept,
  candidates,
  verification,
  elapsedMs,
  uncovered,
}: ReportInput): RunReport {
  const summary = summariseRun(spec, store);
  const checked = plan.workerCheck.checked && isDerivedApart(verification) && uncovered !== null;
  const { totals } = summary;
  return {
    runId: runIdOf(plan),
    planId: plan.id,
    strategy: plan.strategy,
    status,
    verdict: judgeRun(summary, plan, verification, unprovenOf(uncovered)),
    fidelity: withChosen(
      summariseFidelity(spec, store, { checked: checked && summary.order.unconfirmed === 0 }, uncovered ?? noMarks),
      kept?.chosen ?? 0,
    ),
    ...(plan.scope === undefined ? {} : { scope: summariseScope(plan.scope, liveOutside) }),
    ...knownAccounts(summary, plan),
    ...(summary.standIns.length > 0 && { standIns: summary.standIns }),
    ...factsOf(plan, summary),
    order: summary.order,
    stateKeys: summary.stateKeys,
    stateDigest: summary.stateDigest,
    outputs: summary.outputs,
    outputsDigest: summary.outputsDigest,
    quarantined: summary.quarantined,
    negativeZeros: summary.negativeZeros,
    live,
    ...(kept !== undefined && kept !== null && { kept }),
    ...(candidates !== undefined && candidates !== null && { candidates }),
    notes: notesOf(plan, spec, store, totals),
    elapsedMs,
    ...(plan.measured.durationMs !== null && { expectedMs: plan.measured.durationMs }),
    eventsPerSecond: elapsedMs > 0 ? Math.round((totals.applied / elapsedMs) * 1000) : null,
  };
}

/** True where what the worker may remember outside of its states would have shown. */
function isDerivedApart(verification: VerificationOutcome): boolean {
  return verification.result === 'passed' && !verification.open.some(({ kind }) => kind === 'verified-in-same-shares');
}

/** Once all are set they are those of the plan; before that nobody counted their keys. */
function factsOf({ facts = [] }: Plan, { done, standIns }: RunSummary): Pick<RunReport, 'facts'> {
  const set = facts.filter(({ log }) => log !== null);
  if (!done || set.length === 0) return {};
  return {
    facts: set.map(({ records, keys }) => ({
      records,
      facts: standIns.find(({ source }) => source === `facts:${records}`)?.applied ?? 0,
      keys,
    })),
  };
}

/** Values that were taken from the live state prove nothing, where the run's own were incomplete. */
function withChosen(fidelity: FidelitySummary, chosen: number): FidelitySummary {
  if (chosen === 0) return fidelity;
  const { incomplete = 0, unproven = 0, ...others } = fidelity.keys;
  const left = Math.max(0, incomplete - chosen);
  return {
    ...fidelity,
    keys: { ...others, ...(left > 0 && { incomplete: left }), unproven: unproven + chosen },
  };
}

/** How many keys depend on what nobody reviewed; null where nobody knows what was covered. */
export function unprovenOf(uncovered: CoverageMarks | null | undefined): { readonly unproven: number | null } {
  return { unproven: uncovered === null ? null : (uncovered?.unproven.length ?? 0) };
}

function notesOf(
  { scope }: Plan,
  spec: ReplaySpec,
  store: RunStore,
  { skipped }: RunReport['totals'],
): RunReport['notes'] {
  const outside = skipped['out-of-scope'] ?? 0;
  const deduplicates = lanesOf(spec).some(({ lane }) => (store.lane(lane).head?.deduplicated ?? 0) > 0);
  if (scope === undefined || outside === 0 || !deduplicates) return [];
  return [{ kind: 'unevaluated-in-deduplication', events: outside }];
}
