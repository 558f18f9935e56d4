import { existsSync, statSync } from 'node:fs';
import { isRecoveryError, RecoveryError } from '../../model/errors/recovery-error.js';
import { runIdOf } from '../../model/plan/plan-id.js';
import { specOfPlan } from '../../engine/spec/spec-of-plan.js';
import { summariseRun } from '../report/summarise-run.js';
import { writeFileDurably } from '../../model/files/write-file-durably.js';
import type { RunReport } from '../../model/strategy/run-report.js';
import type { LongWork } from '../../model/strategy/strategy.js';
import type { Plan } from '../../model/plan/plan.js';
import { lockRun } from '../sqlite/run-lock.js';
import { openSqliteRunStore } from '../sqlite/sqlite-run-store.js';
import { prepareRunFolder, runFiles, type RunFiles } from '../sqlite/run-folder.js';
import { readRunReport } from '../sqlite/read-run-report.js';
import { noteRun } from '../../evidence/proof/replay-rate.js';
import type { PreparedInputs } from '../../evidence/inputs/prepare-inputs.js';
import { reportRun } from '../report/report-run.js';
import type { RecoveryInputs } from '../../evidence/inputs/recovery-inputs.js';
import { baselineOfPlan } from './baseline-of-plan.js';
import { checkPlanIsCurrent } from './check-plan-is-current.js';
import { holdAgainstLive, type HeldAgainstLive } from './hold-against-live.js';
import { replayIntoStore } from './replay-into-store.js';
import { withInputsOfPlan } from './inputs-of-plan.js';

/**
 * Carries a plan out, or goes on with it where it was left.
 * @throws RecoveryError `plan-already-used` when it was carried out already, `locked-by-another-process` when another
 *   process is at it, `interrupted` when it was stopped cleanly; the errors of the log and of the worker
 */
export async function recoverRun(situation: RecoveryInputs, plan: Plan, work: LongWork): Promise<RunReport> {
  refuseFinished(readRunReport(runFiles(situation.store, runIdOf(plan))));
  return withInputsOfPlan(situation, plan, async (prepared) => {
    // Before the folder is made: a plan that is stale leaves no run behind.
    await checkPlanIsCurrent(plan, prepared);
    const files = prepareRunFolder(situation.store, plan);
    const lock = lockRun(files.lock, runIdOf(plan));
    try {
      const earlier = readRunReport(files);
      refuseFinished(earlier);
      refuseCollected(files, plan);
      return await carryOut(prepared, plan, files, earlier, work);
    } finally {
      lock.release();
    }
  });
}

const nothingHeld: HeldAgainstLive = { live: null, liveOutside: null };

export function refuseFinished(earlier: RunReport | null): void {
  if (earlier === null || !isFinished(earlier)) return;
  throw new RecoveryError('plan-already-used', `the plan was carried out already, as run ${earlier.runId}`, {
    hint: `eventmend verify ${earlier.runId}, or eventmend export ${earlier.runId}; a new plan makes a new run`,
    details: { run: earlier.runId },
  });
}

/** Its states lie in the stores of tasks, and a database beside them would be overlooked. */
function refuseCollected(files: RunFiles, plan: Plan): void {
  if (!existsSync(files.tasks)) return;
  throw new RecoveryError(
    'operation-not-allowed',
    `run ${runIdOf(plan)} is being collected from the tasks of a fleet`,
    {
      hint: 'eventmend fleet collect goes on with it; eventmend runs --remove RUN gives it up',
    },
  );
}

export function isFinished(report: RunReport): boolean {
  return report.status === 'recovered' || report.status === 'verified' || report.status === 'mismatch';
}

async function carryOut(
  prepared: PreparedInputs,
  plan: Plan,
  files: RunFiles,
  earlier: RunReport | null,
  work: LongWork,
): Promise<RunReport> {
  const { situation, facts, survey } = prepared;
  const descriptions = survey.logs.map(({ description }) => description);
  const spec = specOfPlan(plan, descriptions);
  const store = openSqliteRunStore(files.database, { create: true });
  const started = performance.now();
  const write = (status: RunReport['status'], held: HeldAgainstLive = nothingHeld): RunReport => {
    const elapsedMs = Math.round((earlier?.elapsedMs ?? 0) + performance.now() - started);
    const report = reportRun({ plan, spec, store, status, ...held, verification: { result: 'none' }, elapsedMs });
    writeFileDurably(files.report, `${JSON.stringify(report, null, 2)}\n`);
    return report;
  };
  try {
    write('running');
    if (store.baseline() === null) await store.writeBaseline(baselineOfPlan(plan, situation.snapshots, facts.worker));
    const before = summariseRun(spec, store).totals.applied;
    const outcome = await replayIntoStore(prepared, { spec, store, storeFile: files.database }, work);
    if (outcome === 'interrupted') {
      const report = write('interrupted');
      throw new RecoveryError(
        'interrupted',
        `stopped cleanly after ${report.totals.offsets.toLocaleString('en-US')} offsets`,
        {
          hint: `nothing is lost: eventmend resume ${report.runId}`,
          details: { run: report.runId },
        },
      );
    }
    const applied = summariseRun(spec, store).totals.applied - before;
    const elapsed = performance.now() - started;
    if (applied > 1000) {
      noteRun(situation.store, facts.hash, {
        events: applied,
        ms: Math.round(elapsed),
        expectedMs: plan.measured.durationMs,
        diskBytes: before === 0 ? sizeOf(files.database) : null,
        memoryBytes: process.resourceUsage().maxRSS * 1024,
      });
    }
    return write('recovered', await holdAgainstLive(plan, prepared, spec, store, files));
  } catch (error) {
    if (!isRecoveryError(error) || error.code !== 'interrupted') writeFailure(write, error);
    throw error;
  } finally {
    store.close();
  }
}

/** With what was not yet moved into it. */
function sizeOf(database: string): number {
  return [database, `${database}-wal`].reduce(
    (sum, file) => sum + (statSync(file, { throwIfNoEntry: false })?.size ?? 0),
    0,
  );
}

/** After a failed write the store may be unreadable too; the error that came first is the one to tell. */
function writeFailure(write: (status: 'failed') => RunReport, error: unknown): void {
  if (isRecoveryError(error) && (error.code === 'disk-write-failed' || error.code === 'corrupt-run-store')) return;
  write('failed');
}
