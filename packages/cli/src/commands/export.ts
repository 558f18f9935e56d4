import { resolve } from 'node:path';
import { exitCodes, RecoveryError, type RunReport } from '@eventmend/core';
import {
  outputsTable,
  quarantinedTable,
  stateTable,
  writeExport,
  type ExportFormat,
  type QuarantinedRow,
  type ScopeSummary,
} from '@eventmend/core/engine';
import type { RunCatalogue } from '@eventmend/core/sqlite';
import type { Incident } from '@eventmend/core/incident';
import type { CommandContext, CommandResult } from '../program/command-context.js';
import { hasEnded } from '../program/carry-out.js';
import { nextAfterRun, runCommand } from '../program/commands-for.js';
import { formatOfFile } from '../program/export-format.js';
import { pathHere } from '../program/incident-argument.js';
import { locateRun } from '../program/locate-run.js';
import { countOf, formatCount } from '../terminal/format.js';
import { safeText } from '../terminal/safe-text.js';

export type ExportSubject = 'state' | 'outputs' | 'quarantined';

export interface ExportOptions {
  readonly what: ExportSubject;
  readonly format?: ExportFormat;
  readonly out: string;
  readonly incident?: string;
}

const units = { state: ['key', 'keys'], outputs: ['output', 'outputs'], quarantined: ['event', 'events'] } as const;

/** Writes what a run recovered into a new file. */
export async function exportRun(
  context: CommandContext,
  runId: string,
  options: ExportOptions,
): Promise<CommandResult> {
  const format = options.format ?? formatOfFile(options.out);
  const file = resolve(context.cwd, options.out);
  const { incident, catalogue } = await locateRun(runId, options.incident, context.cwd, context.engine);
  const report = finishedReport(catalogue, runId, () => runCommand('resume', runId, incident, context.cwd));
  const progress = context.progress();
  let rows: number;
  try {
    const work = { onProgress: progress.report, signal: context.signal };
    ({ rows } = await writeRows(catalogue, report, options.what, { format, file }, work));
  } finally {
    progress.end();
  }
  const [one, many] = units[options.what];
  const verified = report.status === 'verified';
  return {
    exitCode: exitCodes.ok,
    lines: [
      `Exported ${countOf(rows, one, many)} of ${runId} to ${safeText(pathHere(file, context.cwd))} (${format})`,
      ...(report.scope === undefined ? [] : [describeLimits(report.scope)]),
      ...(verified ? [] : [`Warning: this run is ${report.status}, not verified`]),
    ],
    document: {
      runId,
      what: options.what,
      format,
      file,
      rows,
      ...(report.scope === undefined ? {} : { scope: report.scope }),
    },
    next: verified
      ? exportMore(report, options.what, format, incident, context.cwd)
      : nextAfterRun(report, incident, context.cwd),
  };
}

/** Said with every file: whoever puts it in the place of the whole live state would lose everything else. */
function describeLimits({ keys, keysInAll, liveOutside }: ScopeSummary): string {
  const others = liveOutside === null ? 'all other keys' : countOf(liveOutside, 'other live key');
  return `It holds ${formatCount(keys)} of ${countOf(keysInAll, 'key')} only: ${others} stay as the live state has them`;
}

/** @throws RecoveryError `operation-not-allowed` for a run that has not ended: a part of a state is no state. */
function finishedReport(catalogue: RunCatalogue, runId: string, resume: () => string): RunReport {
  const report = catalogue.report(runId);
  if (report !== null && hasEnded(report)) return report;
  throw new RecoveryError(
    'operation-not-allowed',
    `run ${runId} has not ended (${report?.status ?? 'interrupted'}); a part of a state is no state`,
    {
      hint: resume(),
    },
  );
}

/** The outputs follow on the states, where there are any; behind them there is nothing more to be said. */
function exportMore(
  { runId, outputs }: RunReport,
  done: ExportSubject,
  format: ExportFormat,
  incident: Incident,
  cwd: string,
): readonly string[] {
  if (done !== 'state' || outputs === 0) return [];
  const file = `${incident.name}.outputs.${format}`;
  return [runCommand('export', runId, incident, cwd, '--what', 'outputs', '--out', file)];
}

type Target = { readonly format: ExportFormat; readonly file: string };
type Work = Parameters<typeof writeExport>[1];

function writeRows(catalogue: RunCatalogue, report: RunReport, what: ExportSubject, target: Target, work: Work) {
  const { runId, stateKeys, outputs, quarantined } = report;
  switch (what) {
    case 'state':
      return writeExport({ table: stateTable, rows: catalogue.states(runId), total: stateKeys, ...target }, work);
    case 'outputs':
      return writeExport(
        {
          table: outputsTable(catalogue.plan(runId).worker.name),
          rows: catalogue.outputs(runId),
          total: outputs,
          ...target,
        },
        work,
      );
    case 'quarantined':
      return writeExport(
        { table: quarantinedTable, rows: parkedRows(catalogue, runId), total: quarantined, ...target },
        work,
      );
  }
}

function* parkedRows(catalogue: RunCatalogue, runId: string): Iterable<QuarantinedRow> {
  for (const { partition, ...event } of catalogue.quarantined(runId)) {
    yield { ...event, topic: partition.topic, partition: partition.partition };
  }
}
