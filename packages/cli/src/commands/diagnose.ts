import { relative, resolve, sep } from 'node:path';
import { exitCodes } from '@eventmend/core';
import { writeExport, type ExportFormat } from '@eventmend/core/engine';
import { missingWriteAheadLogs } from '@eventmend/core/incident';
import type { Diagnosis } from '@eventmend/log-replay';
import { diagnosisToJson } from '../documents/diagnosis-to-json.js';
import type { CommandContext, CommandResult } from '../program/command-context.js';
import { incidentWords } from '../program/commands-for.js';
import { formatOfFile } from '../program/export-format.js';
import { incidentFrom, pathHere } from '../program/incident-argument.js';
import type { ScopeOptions } from '../program/scope-options.js';
import { scopeRequestOf } from '../program/scope-request-of.js';
import { describeRemark } from '../render/describe-remark.js';
import { doubtOfDiagnosis } from '../render/doubt-of-diagnosis.js';
import { renderDiagnosis } from '../render/render-diagnosis.js';
import { countOf } from '../terminal/format.js';
import { eventmendCommand } from '../terminal/shell-word.js';
import { safeText } from '../terminal/safe-text.js';

export interface DiagnoseCommandOptions extends ScopeOptions {
  readonly out?: string;
  readonly format?: ExportFormat;
  readonly orderSensitivity?: boolean;
}

/** What went wrong: which events, since when, with which pattern, and what cannot be told. Changes nothing. */
export async function diagnose(
  context: CommandContext,
  file: string | undefined,
  options: DiagnoseCommandOptions,
): Promise<CommandResult> {
  const incident = incidentFrom(file, context.cwd);
  const out = options.out === undefined ? null : resolve(context.cwd, options.out);
  const format = out === null ? null : (options.format ?? formatOfFile(out));
  const scope = scopeRequestOf(options, context.cwd);
  const open = await context.engine.openIncident(incident);
  const progress = context.progress();
  try {
    const tools = await context.engine.diagnosis();
    const work = { onProgress: progress.report, signal: context.signal };
    const found = await tools.diagnose(
      open,
      {
        orderSensitivity: options.orderSensitivity ?? false,
        ...(scope === undefined ? {} : { scope, acceptClosure: options.acceptClosure ?? false }),
      },
      work,
    );
    const { faults } = tools.diagnosisFiles(open.store);
    const total = Object.values(found.counts).reduce((sum, one) => sum + one, 0);
    const exported =
      out === null || format === null
        ? null
        : {
            file: out,
            ...(await writeExport(
              { table: tools.faultsTable, rows: tools.readFaults(open.store), total, format, file: out },
              work,
            )),
          };
    progress.end();
    const words = incidentWords(incident, context.cwd);
    const doubt = doubtOfDiagnosis(found, open.incident.onset);
    const copies = missingWriteAheadLogs(incident).map((remark) => `${remark.key}: ${describeRemark(remark)[0]}`);
    const { missing, ...document } = diagnosisToJson(found);
    return {
      exitCode: exitCodes.ok,
      lines: [
        ...renderDiagnosis(near(found, context.cwd), { doubt, copies }, context.terminal.outStyle),
        ...(exported === null
          ? []
          : [`Wrote ${countOf(exported.rows, 'fault')} to ${safeText(pathHere(exported.file, context.cwd))}`]),
      ],
      document: {
        incident: { name: incident.name, digest: incident.digest, file: incident.file },
        ...document,
        missing: [...copies, ...missing],
        doubt,
        faultsFile: faults,
        exported,
      },
      next: [
        doubt === null
          ? eventmendCommand('plan', ...words, '--out', `${incident.name}.plan.json`)
          : eventmendCommand('worker', 'check', ...words),
      ],
    };
  } finally {
    progress.end();
    open.close();
  }
}

/** Paths are absolute in the document; on the screen, what is in this folder is named as the reader would. */
function near(diagnosis: Diagnosis, cwd: string): Diagnosis {
  const here = (path: string): string => (path.startsWith(`${cwd}${sep}`) ? relative(cwd, path) : path);
  return { ...diagnosis, records: diagnosis.records.map(here) };
}
