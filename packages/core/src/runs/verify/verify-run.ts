import { errorCatalogue } from '../../model/errors/error-catalogue.js';
import { judgeRun } from '../report/judge-run.js';
import { partitionKey } from '../../model/log/partition-id.js';
import { positionFromJson } from '../../model/position/position.js';
import { RecoveryError } from '../../model/errors/recovery-error.js';
import { specOfPlan } from '../../engine/spec/spec-of-plan.js';
import { summariseRun } from '../report/summarise-run.js';
import { writeFileDurably } from '../../model/files/write-file-durably.js';
import type { RunReport } from '../../model/strategy/run-report.js';
import type { LongWork } from '../../model/strategy/strategy.js';
import type { Plan } from '../../model/plan/plan.js';
import type { ReplaySpec } from '../../engine/spec/replay-spec.js';
import type { RunStore } from '../../engine/store/run-store.js';
import type { Verification } from '../../model/strategy/verification.js';
import { lockRun } from '../sqlite/run-lock.js';
import { openSqliteRunStore } from '../sqlite/sqlite-run-store.js';
import { isVerified } from '../sqlite/run-catalogue.js';
import { readRunPlan, runFiles, type RunFiles } from '../sqlite/run-folder.js';
import { readRunReport } from '../sqlite/read-run-report.js';
import { segmentsOf } from '../../evidence/coverage/plan-segments.js';
import { prepareInputs, type PreparedInputs } from '../../evidence/inputs/prepare-inputs.js';
import { checkPlanIsCurrent } from '../executor/check-plan-is-current.js';
import { isFinished } from '../executor/recover-run.js';
import { reportRun } from '../report/report-run.js';
import type { RecoveryInputs } from '../../evidence/inputs/recovery-inputs.js';
import { beginningOf } from '../../evidence/coverage/boundary-positions.js';
import { coverPartitions, damagedOf, gapsOf } from '../../evidence/coverage/cover-partitions.js';
import { jobModule, runJob } from '../../evidence/inputs/run-job.js';
import { checkScope } from './check-scope.js';
import { checkStoredRows } from './check-stored-rows.js';
import type { VerificationRoute } from './derive-again.js';
import type { DerivationDigest } from './derivation-digest.js';
import { judgeVerification } from './judge-verification.js';
import verifyJob from './verify-job.js';

/**
 * Verifies a run: reads every row that it stored against its hash, derives the result again by the plain implementation
 * from the root, and holds both against each other. Writes the verification and the report's new verdict.
 */
export async function verifyRun(situation: RecoveryInputs, runId: string, work: LongWork): Promise<Verification> {
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
    return await verifyLocked(situation, plan, report, files, work);
  } finally {
    lock.release();
  }
}

async function verifyLocked(
  situation: RecoveryInputs,
  plan: Plan,
  report: RunReport,
  files: RunFiles,
  work: LongWork,
): Promise<Verification> {
  const { runId } = report;
  const prepared = await prepareInputs(situation);
  const store = openSqliteRunStore(files.database, { create: false });
  try {
    const descriptions = prepared.survey.logs.map(({ description }) => description);
    await checkPlanIsCurrent(plan, prepared);
    const spec = specOfPlan(plan, descriptions);
    const again = await derive(prepared, plan, spec, store, work);
    const summary = summariseRun(spec, store);
    const checks = [
      checkStoredRows(spec, store, summary),
      ...checkScope(plan, store, report),
      ...judgeVerification(plan, summary, store.baseline()?.digest ?? '', again),
    ];
    const unnamed = { runId, checks, measures: again.measures };
    const outcome = checks.some(({ result }) => result === 'failed') ? 'failed' : 'passed';
    const verification: Verification = { ...unnamed, verdict: judgeRun(summary, plan.workerCheck, outcome) };
    writeFileDurably(files.verification, `${JSON.stringify(verification, null, 2)}\n`);
    const status = isVerified(verification) ? 'verified' : 'mismatch';
    const { live, scope, elapsedMs, kept } = report;
    const liveOutside = scope?.liveOutside ?? null;
    const renewed = reportRun({
      plan,
      spec,
      store,
      status,
      live,
      liveOutside,
      ...(kept !== undefined && { kept }),
      verification: outcome,
      elapsedMs,
    });
    writeFileDurably(files.report, `${JSON.stringify(renewed, null, 2)}\n`);
    return verification;
  } finally {
    store.close();
    prepared.close();
  }
}

async function derive(
  prepared: PreparedInputs,
  plan: Plan,
  spec: ReplaySpec,
  store: RunStore,
  work: LongWork,
): Promise<DerivationDigest> {
  const forced = store
    .forcedQuarantines()
    .map(({ partition, offset }) => ({ ...partition, offset, code: errorCatalogue['worker-timeout'].number }));
  const route: VerificationRoute = {
    plan,
    descriptions: prepared.survey.logs.map(({ description }) => description),
    approach: approachOf(prepared, plan),
    forced,
  };
  return runJob(
    prepared,
    {
      module: jobModule(import.meta.url, '#verify-job'),
      job: verifyJob,
      request: () => route,
      sources: { snapshots: prepared.situation.snapshots },
      spec: { ...spec, poison: 'stop' },
      phase: 'verify',
      total: offsetsOf(route),
    },
    work,
  );
}

/** The way from the beginning of the log to the baseline, where the logs still hold it. */
function approachOf({ survey }: PreparedInputs, plan: Plan): VerificationRoute['approach'] {
  if (plan.baseline.every((part) => part.source.kind === 'genesis') || plan.baseline.length > 1) return null;
  const baseline = positionFromJson(plan.baseline[0]?.position ?? []);
  const cover = coverPartitions(survey, beginningOf(survey), baseline);
  return gapsOf(cover).length + damagedOf(cover).length > 0 ? null : segmentsOf(cover, survey, 'exact');
}

function offsetsOf({ plan, approach }: VerificationRoute): number {
  const known = new Set(plan.segments.map(partitionKey));
  return [...plan.segments, ...(approach ?? [])]
    .filter((segment) => known.has(partitionKey(segment)))
    .reduce((sum, segment) => sum + Number(segment.to) - Number(segment.from), 0);
}
