import { RecoveryError } from '../../model/errors/recovery-error.js';
import { specOfPlan } from '../../engine/spec/spec-of-plan.js';
import { writeFileDurably } from '../../model/files/write-file-durably.js';
import type { RunReport } from '../../model/strategy/run-report.js';
import type { LongWork } from '../../model/strategy/strategy.js';
import type { Plan } from '../../model/plan/plan.js';
import type { ReplaySpec } from '../../engine/spec/replay-spec.js';
import type { RunStore } from '../../engine/store/run-store.js';
import type { MissingPart } from '../../model/strategy/verdict.js';
import type { Verification, VerificationCheck } from '../../model/strategy/verification.js';
import type { PreparedInputs } from '../../evidence/inputs/prepare-inputs.js';
import type { RecoveryInputs } from '../../evidence/inputs/recovery-inputs.js';
import { judgeRun, type VerificationOutcome } from '../report/judge-run.js';
import { summariseRun } from '../report/summarise-run.js';
import { lockRun } from '../sqlite/run-lock.js';
import { openStoreOfRun } from '../fleet/open-store-of-run.js';
import { isVerified } from '../../model/strategy/verification.js';
import { readRunPlan, runFiles, type RunFiles } from '../sqlite/run-folder.js';
import { readRunReport } from '../sqlite/read-run-report.js';
import { checkPlanIsCurrent } from '../executor/check-plan-is-current.js';
import { withInputsOfPlan } from '../executor/inputs-of-plan.js';
import { isFinished } from '../executor/recover-run.js';
import { reportRun, unprovenOf } from '../report/report-run.js';
import { checkStoredRows } from './check-stored-rows.js';
import type { DerivationDigest } from './derivation-digest.js';
import { deriveRun } from './derive-run.js';
import { checkVerifiedFiles, verificationOfTasks } from './verification-of-tasks.js';
import { totalsAtEnd } from './totals-at-end.js';
import { holeReach } from '../../evidence/proof/hole-reach.js';
import { unusedTotals, type ControlTotal } from '../../evidence/totals/control-total.js';
import { momentsOf, targetMoment } from '../../evidence/totals/moments.js';
import { examineSnapshots } from '../../evidence/proof/examine-snapshots.js';
import { noMarks, writeCoverageMarks } from '../report/coverage-marks.js';
import { heldTotals, judgeTotals, judgeUnusedTotals } from './judge-totals.js';
import { judgeCoverage, judgeVerification } from './judge-verification.js';

/** Does what `verifyRun` says. */
export async function verifyInFull(situation: RecoveryInputs, runId: string, work: LongWork): Promise<Verification> {
  const files = runFiles(situation.store, runId);
  const plan = readRunPlan(files);
  const report = readRunReport(files);
  if (report === null || !isFinished(report)) {
    throw new RecoveryError('operation-not-allowed', `run ${runId} has not reached its target yet`, {
      hint: `eventmend resume ${runId}`,
    });
  }
  const lock = lockRun(files.lock, runId);
  try {
    return await withInputsOfPlan(situation, plan, (prepared) => verifyLocked(prepared, plan, report, files, work));
  } finally {
    lock.release();
  }
}

async function verifyLocked(
  prepared: PreparedInputs,
  plan: Plan,
  report: RunReport,
  files: RunFiles,
  work: LongWork,
): Promise<Verification> {
  const { runId } = report;
  checkVerifiedFiles(files);
  const store = openStoreOfRun(files);
  try {
    const descriptions = prepared.survey.logs.map(({ description }) => description);
    await checkPlanIsCurrent(plan, prepared);
    const spec = specOfPlan(plan, descriptions);
    const { totals = [] } = prepared.situation;
    const atEnd = totalsAtEnd(prepared, plan);
    const summary = summariseRun(spec, store);
    const tasks = verificationOfTasks(files, prepared, plan, summary);
    const again = tasks?.again ?? (await deriveAll(prepared, plan, spec, store, atEnd, work));
    const uncovered = plan.workerCheck.checked ? again.uncovered : noMarks;
    const checks = [
      tasks?.rows ?? checkStoredRows(spec, store, summary),
      ...(tasks?.shares == null ? [] : [tasks.shares]),
      ...checkScope(plan, store, report),
      ...judgeVerification(plan, summary, store.baseline()?.digest ?? '', again),
      ...judgeTotals(heldTotals(atEnd, again.totals), summary, plan, holeReach(spec, store)),
      ...judgeUnusedTotals(unusedTotals(totals, momentsOf(prepared), targetMoment(plan))),
      ...(plan.workerCheck.checked ? [judgeCoverage(again.uncovered)] : []),
    ];
    const unnamed = { runId, checks, measures: again.measures };
    const outcome = outcomeOf(checks);
    const verification: Verification = {
      ...unnamed,
      verdict: judgeRun(summary, plan, outcome, unprovenOf(uncovered)),
    };
    writeCoverageMarks(files.uncovered, uncovered ?? noMarks);
    writeFileDurably(files.verification, `${JSON.stringify(verification, null, 2)}\n`);
    const status = isVerified(verification) ? 'verified' : 'mismatch';
    const { live, scope, elapsedMs, kept, candidates } = report;
    const liveOutside = scope?.liveOutside ?? null;
    const renewed = reportRun({
      plan,
      spec,
      store,
      status,
      live,
      liveOutside,
      ...(kept !== undefined && { kept }),
      ...(candidates !== undefined && { candidates }),
      verification: outcome,
      elapsedMs,
      uncovered,
    });
    writeFileDurably(files.report, `${JSON.stringify(renewed, null, 2)}\n`);
    return verification;
  } finally {
    store.close();
  }
}

function outcomeOf(checks: readonly VerificationCheck[]): VerificationOutcome {
  if (checks.some(({ result }) => result === 'failed')) return { result: 'failed' };
  const open = checks.flatMap(({ detail }): MissingPart[] => {
    // What was derived in the memory that the recovery had is not as good as what was not.
    if (detail.kind === 'same-shares') return [{ kind: 'verified-in-same-shares' }];
    if (detail.kind !== 'baseline-trusted') return [];
    return [{ kind: 'baseline-derived-otherwise', snapshot: detail.snapshot, keys: detail.keys }];
  });
  return { result: 'passed', open };
}

async function deriveAll(
  prepared: PreparedInputs,
  plan: Plan,
  spec: ReplaySpec,
  store: RunStore,
  totals: readonly ControlTotal[],
  work: LongWork,
): Promise<DerivationDigest> {
  // What the check of the worker covered: from what is recorded, or by proving again. Null where nobody knows.
  const covered = plan.workerCheck.checked ? (await examineSnapshots(prepared, 'coverage', work)).covered : null;
  return deriveRun(prepared, { plan, spec, forced: store.forcedQuarantines(), covered, totals }, work);
}

/**
 * Everything that a limited run stored must be of its scope: states that it wrote and states that it began with, down to
 * marks of keys without a state. No check where the run is about all keys.
 */
function checkScope({ scope }: Plan, store: RunStore, report: RunReport): readonly VerificationCheck[] {
  if (scope === undefined) return [];
  const keys = new Set(scope.keys);
  let stored = 0;
  for (const { key } of store.texts()) {
    stored++;
    if (keys.has(key)) continue;
    return [{ name: 'scope', result: 'failed', detail: { kind: 'key-out-of-scope', key } }];
  }
  const liveOutside = report.scope?.liveOutside ?? null;
  return [{ name: 'scope', result: 'passed', detail: { kind: 'keys-in-scope', stored, keys: keys.size, liveOutside } }];
}
