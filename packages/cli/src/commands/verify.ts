import { exitCodes, RecoveryError, type Verification } from '@eventmend/core';
import { verificationToJson } from '../documents/verification-to-json.js';
import type { CommandContext, CommandResult } from '../program/command-context.js';
import { incidentWords, nextAfterVerified } from '../program/commands-for.js';
import { locateRun } from '../program/locate-run.js';
import { renderVerification } from '../render/render-verification.js';
import { eventmendCommand } from '../terminal/shell-word.js';

export interface VerifyOptions {
  readonly incident?: string;
  /** A file that `eventmend report` wrote, and the public key that it is signed with. */
  readonly report?: string;
  readonly key?: string;
}

/** Derives the result of a run again, independently, and says what agrees, what does not, and what was not checked. */
export async function verify(
  context: CommandContext,
  runId: string | undefined,
  options: VerifyOptions,
): Promise<CommandResult> {
  if (options.report !== undefined) {
    return (await import('./verify-report.js')).verifyReport(context, runId, { ...options, report: options.report });
  }
  if (runId === undefined || options.key !== undefined) {
    throw new RecoveryError(
      'invalid-argument',
      runId === undefined ? 'the run is missing' : '--key is of no use without --report',
      { hint: 'eventmend verify RUN, or eventmend verify --report FILE' },
    );
  }
  const { incident } = await locateRun(runId, options.incident, context.cwd, context.engine);
  const open = await context.engine.openIncident(incident);
  const progress = context.progress();
  try {
    const strategy = await context.engine.strategy(open);
    const verification = await strategy.verify({ runId }, { onProgress: progress.report, signal: context.signal });
    progress.end();
    const failed = hasFailed(verification);
    return {
      exitCode: failed ? exitCodes.mismatch : exitCodes.ok,
      lines: renderVerification(verification, context.terminal.outStyle),
      document: { verification: verificationToJson(verification) },
      next: failed
        ? [eventmendCommand('assess', ...incidentWords(incident, context.cwd))]
        : nextAfterVerified(runId, incident, context.cwd),
    };
  } finally {
    progress.end();
    open.close();
  }
}

function hasFailed({ checks, verdict }: Verification): boolean {
  return verdict.verdict === 'refused' || checks.some(({ result }) => result === 'failed');
}
