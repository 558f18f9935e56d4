import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { exitCodes, isRecoveryError, RecoveryError } from '@eventmend/core';
import type { CommandContext, CommandResult } from '../program/command-context.js';
import { runCommand } from '../program/commands-for.js';
import { locateRun, type LocatedRun } from '../program/locate-run.js';
import { renderReportChecks } from '../render/render-report-checks.js';
import { buildReport } from '../report/data/build-report.js';
import { compareWithRun } from '../report/seal/compare-with-run.js';
import { checkSeal, type ReportCheck } from '../report/seal/check-seal.js';
import { readSeal, type SealedFile } from '../report/seal/seal.js';

interface VerifyReportOptions {
  readonly report: string;
  readonly key?: string;
  readonly incident?: string;
}

/** Holds a report against its seal, its signature, its run and what that rests on. What was not checked is said to be so. */
export async function verifyReport(
  context: CommandContext,
  runId: string | undefined,
  options: VerifyReportOptions,
): Promise<CommandResult> {
  const file = resolve(context.cwd, options.report);
  const sealed = readSeal(readText(file));
  const key = options.key === undefined ? null : resolve(context.cwd, options.key);
  const ofSeal = checkSeal(sealed, key);
  const located = sealed === null ? null : await locate(context, runId ?? sealed.seal.runId, runId !== undefined, options.incident);
  const ofRun = sealed === null ? [] : await againstRun(context, sealed, located, runId);
  const checks = [...ofSeal, ...ofRun];
  const failed = checks.some(({ result }) => result === 'failed');
  return {
    exitCode: failed ? exitCodes.mismatch : exitCodes.ok,
    lines: renderReportChecks(sealed?.seal ?? null, checks, context.terminal.outStyle),
    document: {
      verification: null,
      report: { file, runId: sealed?.seal.runId ?? null, isSigned: sealed !== null && sealed.seal.signature !== null, checks },
    },
    next: failed || located === null || sealed === null ? [] : [runCommand('verify', sealed.seal.runId, located.incident, context.cwd)],
  };
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new RecoveryError('file-unavailable', `the report ${file} cannot be read`, { cause });
  }
}

/** Null where the run is not here and nobody asked for it: the seal can be checked all the same. */
async function locate(
  context: CommandContext,
  runId: string,
  isAskedFor: boolean,
  incident: string | undefined,
): Promise<LocatedRun | null> {
  try {
    return await locateRun(runId, incident, context.cwd, context.engine);
  } catch (error) {
    if (isRecoveryError(error) && error.code === 'run-not-found' && !isAskedFor && incident === undefined) return null;
    throw error;
  }
}

async function againstRun(
  context: CommandContext,
  sealed: SealedFile,
  located: LocatedRun | null,
  runId: string | undefined,
): Promise<readonly ReportCheck[]> {
  const { seal } = sealed;
  if (runId !== undefined && runId !== seal.runId) {
    return [{ name: 'run', result: 'failed', detail: `the report is of run ${seal.runId}, not of ${runId}` }];
  }
  if (located === null) {
    return [{ name: 'run', result: 'not-checked', detail: `run ${seal.runId} is in no store that can be reached from here` }];
  }
  const { incident, catalogue } = located;
  const open = await context.engine.openIncident(incident, { withoutLog: () => undefined });
  const progress = context.progress();
  try {
    const work = { signal: context.signal, onPhase: (phase: string) => progress.status(`verify  ${phase}`) };
    const { masked, made } = seal;
    const now = await buildReport({ ...{ engine: context.engine, open, catalogue, runId: seal.runId, masked, made, work } });
    progress.end();
    return await compareWithRun(sealed, now);
  } finally {
    progress.end();
    open.close();
  }
}
