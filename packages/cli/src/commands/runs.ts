import { existsSync } from 'node:fs';
import { exitCodes, RecoveryError, type RunReport } from '@eventmend/core';
import { runToJson } from '../documents/run-to-json.js';
import type { CommandContext, CommandResult } from '../program/command-context.js';
import { incidentWords, nextAfterRun, runCommand } from '../program/commands-for.js';
import { incidentFrom } from '../program/incident-argument.js';
import { renderRuns } from '../render/render-runs.js';
import { eventmendCommand } from '../terminal/shell-word.js';

/** The runs of an incident's store; with `remove`, one less. */
export async function runs(
  context: CommandContext,
  file: string | undefined,
  options: { readonly remove?: string },
): Promise<CommandResult> {
  const incident = incidentFrom(file, context.cwd);
  const { reports, unreported } = await listRuns(context, incident.store, options.remove);
  const open = unreported[0];
  const last = reports.find(({ status }) => status === 'interrupted' || status === 'running') ?? reports.at(-1);
  const next =
    open !== undefined
      ? [runCommand('resume', open, incident, context.cwd)]
      : last !== undefined
        ? nextAfterRun(last, incident, context.cwd)
        : [eventmendCommand('plan', ...incidentWords(incident, context.cwd))];
  return {
    exitCode: exitCodes.ok,
    lines: [
      ...(options.remove === undefined ? [] : [`Removed ${options.remove}`]),
      ...renderRuns(reports, unreported, context.terminal.outStyle),
    ],
    document: { runs: reports.map(runToJson), unreported, removed: options.remove ?? null },
    next,
  };
}

interface Listing {
  readonly reports: readonly RunReport[];
  /** Runs that were killed before they could say anything; they can be resumed like others. */
  readonly unreported: readonly string[];
}

async function listRuns(context: CommandContext, store: string, remove: string | undefined): Promise<Listing> {
  if (!existsSync(store)) {
    if (remove === undefined) return { reports: [], unreported: [] };
    throw new RecoveryError('run-not-found', `there is no run ${remove}: the store ${store} does not exist`, {
      hint: 'check the incident file',
    });
  }
  const catalogue = await context.engine.openCatalogue(store);
  if (remove !== undefined) catalogue.remove(remove);
  const reports = catalogue.list();
  const reported = new Set(reports.map(({ runId }) => runId));
  const all = await context.engine.runIds(store);
  return { reports, unreported: all.filter((runId) => !reported.has(runId)) };
}
