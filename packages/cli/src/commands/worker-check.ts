import { sep } from 'node:path';
import { exitCodes, RecoveryError } from '@eventmend/core';
import type { CheckVerdict, WorkerCheckReport } from '@eventmend/core/engine';
import { workerCheckToJson } from '../documents/worker-check-to-json.js';
import { parseInstant } from '@eventmend/core/incident';
import type { CommandContext, CommandResult } from '../program/command-context.js';
import { incidentWords } from '../program/commands-for.js';
import { deployedWorker } from '../program/deployed-worker.js';
import { incidentFrom } from '../program/incident-argument.js';
import { renderWorkerCheck } from '../render/render-worker-check.js';
import { eventmendCommand } from '../terminal/shell-word.js';

export interface WorkerCheckCommandOptions {
  readonly stretchFrom?: string;
  readonly until?: string;
  readonly faulty?: string;
}

/** A script may go on after 0 alone: what cannot be told is no passed check. */
const exitOf: Record<CheckVerdict, number> = {
  passed: exitCodes.ok,
  mismatch: exitCodes.mismatch,
  'cannot-be-told': exitCodes.infeasible,
};

/** Replays the worker over a healthy stretch, and compares with what the service recorded there. */
export async function workerCheck(
  context: CommandContext,
  file: string | undefined,
  options: WorkerCheckCommandOptions,
): Promise<CommandResult> {
  const incident = incidentFrom(file, context.cwd);
  const stretch = {
    ...momentOf('--stretch-from', 'stretchFrom', options.stretchFrom),
    ...momentOf('--until', 'until', options.until),
  };
  const faulty = options.faulty === undefined ? {} : { faulty: deployedWorker(options.faulty, context.cwd) };
  const open = await context.engine.openIncident(incident);
  const progress = context.progress();
  try {
    const runWorkerCheck = await context.engine.workerCheck();
    const work = { onProgress: progress.report, signal: context.signal };
    const check = await runWorkerCheck(open, { ...stretch, ...faulty }, work);
    progress.end();
    return {
      exitCode: exitOf[check.verdict],
      lines: renderWorkerCheck(withNearPath(check, context.cwd), context.terminal.outStyle),
      document: {
        incident: { name: incident.name, digest: incident.digest, file: incident.file },
        check: workerCheckToJson(check),
      },
      next: [nextAfter(check, incidentWords(incident, context.cwd), `${incident.name}.plan.json`)],
    };
  } finally {
    progress.end();
    open.close();
  }
}

/** Paths are absolute in the document; on the screen, what is in this folder is named as the reader would. */
function withNearPath(check: WorkerCheckReport, cwd: string): WorkerCheckReport {
  const { outputs } = check;
  if (outputs === null) return check;
  return { ...check, outputs: { ...outputs, location: outputs.location.replaceAll(`${cwd}${sep}`, '') } };
}

function nextAfter({ verdict }: WorkerCheckReport, words: readonly string[], plan: string): string {
  switch (verdict) {
    case 'passed':
      return eventmendCommand('plan', ...words, '--out', plan);
    case 'mismatch':
      // Doctor shows what the incident makes of each row; the same check again would find the same.
      return eventmendCommand('doctor', ...words);
    case 'cannot-be-told':
      return eventmendCommand('assess', ...words);
  }
}

function momentOf(option: string, name: 'stretchFrom' | 'until', text: string | undefined) {
  if (text === undefined) return {};
  const time = parseInstant(text);
  if (time !== null) return { [name]: time };
  throw new RecoveryError('invalid-argument', `${option} ${JSON.stringify(text)} is not understood`, {
    hint: 'give a moment such as 2026-11-19T09:12:00Z',
  });
}
