import type { ReplayStrategy } from '../engine/engine.js';
import { existsSync } from 'node:fs';
import { exitCodes, isRecoveryError, isWorkerError, RecoveryError, type Plan, type RunReport } from '@eventmend/core';
import { runIdOf, type QuarantinedEvent } from '@eventmend/core/engine';
import { runToJson, quarantinedToJson } from '../documents/run-to-json.js';
import type { Incident } from '@eventmend/core/incident';
import { plannedGaps } from '../render/describe-ranges.js';
import { countsText } from '../render/render-diagnosis.js';
import { renderRun } from '../render/render-run.js';
import { labelled } from '../terminal/labelled.js';
import { asStalePlan } from './plan-anew.js';
import type { CommandContext, CommandResult } from './command-context.js';
import { eventmendCommand } from '../terminal/shell-word.js';
import { incidentWords, nextAfterRun, planAgain, runCommand } from './commands-for.js';
import { withNext } from './next-on-error.js';

const shownQuarantined = 5;

/** Starts or goes on with the run of a plan, and reports how it ended. */
export async function carryOut(
  context: CommandContext,
  incident: Incident,
  strategy: ReplayStrategy,
  plan: Plan,
): Promise<CommandResult> {
  const runId = runIdOf(plan);
  const resume = runCommand('resume', runId, incident, context.cwd);
  await refuseUsedPlan(context, incident, plan);
  const progress = context.progress(plannedGaps(plan));
  let report: RunReport;
  try {
    ({ report } = await strategy.recover(plan, { onProgress: progress.report, signal: context.signal }));
  } catch (error) {
    if (!isRecoveryError(error)) throw error;
    if (canBeResumed(error.exitCode)) throw withNext(error, [resume]);
    // The worker is not what it should be: with it changed, only a new plan goes on.
    if (isWorkerError(error) && error.code !== 'invalid-reference-data') {
      throw withNext(error, [planAgain(incident, context.cwd)]);
    }
    progress.end();
    throw await asStalePlan(context, incident, plan, error);
  } finally {
    progress.end();
  }
  if (report.status === 'interrupted' || report.status === 'running') {
    throw withNext(
      new RecoveryError('interrupted', `run ${runId} was stopped; what it had done is kept`, { hint: resume }),
      [resume],
    );
  }
  const parked = report.quarantined === 0 ? [] : await firstQuarantined(context, incident, runId);
  return {
    exitCode: exitCodeAfter(report),
    lines: [...renderRun(report, parked, context.terminal.outStyle), ...(await renderError(context, incident, plan))],
    document: { run: runToJson(report), firstQuarantined: parked.map(quarantinedToJson) },
    next: nextAfterRun(report, incident, context.cwd),
  };
}

/**
 * Planning the same thing again gives the same plan, and a plan is used once: said before anybody is asked anything.
 * @throws RecoveryError `plan-already-used` when the plan's run has ended.
 */
export async function refuseUsedPlan(context: CommandContext, incident: Incident, plan: Plan): Promise<void> {
  const runId = runIdOf(plan);
  const ids = existsSync(incident.store) ? await context.engine.runIds(incident.store) : [];
  const report = ids.includes(runId) ? (await context.engine.openCatalogue(incident.store)).report(runId) : null;
  if (report === null || !hasEnded(report)) return;
  const error = new RecoveryError(
    'plan-already-used',
    `this plan was carried out already, as run ${runId} (${report.status})`,
    { hint: 'use that run, or remove it to carry the plan out anew' },
  );
  const remove = eventmendCommand('runs', ...incidentWords(incident, context.cwd), '--remove', runId);
  throw withNext(error, [...nextAfterRun(report, incident, context.cwd), remove]);
}

/** True for a run that is not to be resumed. */
export function hasEnded({ status }: RunReport): boolean {
  return status === 'recovered' || status === 'verified' || status === 'mismatch';
}

function canBeResumed(exitCode: number): boolean {
  return exitCode === exitCodes.interrupted || exitCode === exitCodes.transient;
}

function exitCodeAfter(report: RunReport): number {
  if (report.status === 'failed') return exitCodes.error;
  if (report.status === 'mismatch') return exitCodes.mismatch;
  return report.verdict.verdict === 'refused' ? exitCodes.infeasible : exitCodes.ok;
}

async function firstQuarantined(
  context: CommandContext,
  incident: Incident,
  runId: string,
): Promise<QuarantinedEvent[]> {
  const catalogue = await context.engine.openCatalogue(incident.store);
  const first: QuarantinedEvent[] = [];
  for (const event of catalogue.quarantined(runId)) {
    if (first.push(event) === shownQuarantined) break;
  }
  return first;
}

/** What a diagnosis by the same worker found, so that whoever recovers sees what it was about. */
async function renderError(context: CommandContext, { store }: Incident, plan: Plan): Promise<readonly string[]> {
  const diagnosis = await context.engine.lastDiagnosis(store);
  if (diagnosis === null || diagnosis.worker.hash !== plan.worker.hash) return [];
  return labelled(context.terminal.outStyle, 'the error', `${countsText(diagnosis)} (eventmend diagnose)`);
}
