import { resolve } from 'node:path';
import { exitCodes, RecoveryError } from '@eventmend/core';
import {
  writeExport,
  type ExportFormat,
  type Correction,
  type CorrectionChoice,
  type CorrectionReason,
  type CorrectionsOfRun,
  type KeySummary,
} from '@eventmend/core/engine';
import { correctionToJson, keyToJson, unknownToJson } from '../documents/corrections-to-json.js';
import { type Incident } from '@eventmend/core/incident';
import { hasEnded } from '../program/carry-out.js';
import type { CommandContext, CommandResult } from '../program/command-context.js';
import { exportState, nextAfterRun, runCommand } from '../program/commands-for.js';
import { formatOfFile } from '../program/export-format.js';
import { pathHere } from '../program/incident-argument.js';
import { locateRun } from '../program/locate-run.js';
import { withNext } from '../program/next-on-error.js';
import { describeActions, renderCorrection, renderCounts, renderKey } from '../render/render-corrections.js';
import { countOf } from '../terminal/format.js';
import { paragraph } from '../terminal/labelled.js';
import { safeText } from '../terminal/safe-text.js';

export interface CorrectionsOptions {
  readonly out?: string;
  readonly format?: ExportFormat;
  readonly summary?: boolean;
  readonly key?: string;
  readonly reason?: readonly CorrectionReason[];
  readonly incident?: string;
}

const shownCorrections = 5;
const shownOfKey = 50;
const shownKeys = 10;

/** What is owed to the receivers of a run's outputs: counts, the first few, and all of them in a file. Sends nothing. */
export async function corrections(
  context: CommandContext,
  runId: string,
  options: CorrectionsOptions,
): Promise<CommandResult> {
  const target = targetOf(options, context.cwd);
  const { incident, catalogue } = await locateRun(runId, options.incident, context.cwd, context.engine);
  const report = catalogue.report(runId);
  if (report === null || !hasEnded(report)) {
    const resume = runCommand('resume', runId, incident, context.cwd);
    const state = report?.status ?? 'interrupted';
    const error = new RecoveryError(
      'operation-not-allowed',
      `run ${runId} has not ended (${state}); a part of its outputs says nothing about the rest`,
      { hint: resume },
    );
    throw withNext(error, [resume]);
  }
  // The comparison needs no log, so one that is gone by now does no harm.
  const open = await context.engine.openIncident(incident, { withoutLog: () => undefined });
  const progress = context.progress();
  let found: CorrectionsOfRun | null = null;
  try {
    const work = { onProgress: progress.report, signal: context.signal };
    const tools = await context.engine.corrections();
    const { readFaultsByEvent } = await context.engine.diagnosis();
    found = await tools.correctionsOfRun(open, runId, { diagnosedFaults: readFaultsByEvent }, work);
    const exported = await write(found, target, options, tools.correctionsTable, work);
    progress.end();
    const shown = first(found.list(choiceOf(options)), options.key === undefined ? shownCorrections : shownOfKey);
    const keys = keysToShow(found.keys, options);
    const verified = report.status === 'verified';
    const style = context.terminal.outStyle;
    const { counts, unknown, recordedAt } = found;
    return {
      exitCode: exitCodes.ok,
      lines: [
        ...renderCounts(runId, counts, unknown, style),
        ...(verified ? [] : [`Warning: this run is ${report.status}, not verified`]),
        ...keys.flatMap((key) => ['', ...renderKey(key, style)]),
        ...(shown.length === 0 || (options.summary ?? false)
          ? []
          : ['', ...shown.flatMap((one) => renderCorrection(one, style))]),
        ...(exported === null
          ? []
          : [
              '',
              ...paragraph(
                style,
                `Wrote ${countOf(exported.rows, 'correction')} to ${safeText(pathHere(exported.file, context.cwd))}${chosenText(options)}: ${describeActions(exported.actions)}`,
              ),
            ]),
        'Nothing was sent.',
      ],
      document: {
        ...{ runId, verified, recordedAt, counts, unknown: unknown.map(unknownToJson), keys: keys.map(keyToJson) },
        ...{ keysWithCorrections: found.keys.length, first: shown.map(correctionToJson), exported },
      },
      next: verified
        ? [exported === null ? toFile(runId, incident, context.cwd) : exportState(runId, incident, context.cwd)]
        : nextAfterRun(report, incident, context.cwd),
    };
  } finally {
    progress.end();
    found?.close();
    open.close();
  }
}

function toFile(runId: string, incident: Incident, cwd: string): string {
  return runCommand('corrections', runId, incident, cwd, '--out', `${incident.name}.corrections.ndjson`);
}

interface Target {
  readonly file: string;
  readonly format: ExportFormat;
}

function targetOf({ out, format }: CorrectionsOptions, cwd: string): Target | null {
  return out === undefined ? null : { file: resolve(cwd, out), format: format ?? formatOfFile(out) };
}

async function write(
  found: CorrectionsOfRun,
  target: Target | null,
  options: CorrectionsOptions,
  table: Parameters<typeof writeExport<Correction>>[0]['table'],
  work: Parameters<typeof writeExport>[1],
) {
  if (target === null) return null;
  const { send, retract, list } = found.counts.actions;
  const all = options.key === undefined && options.reason === undefined;
  const total = all ? send + retract + list : 0;
  const actions = { send: 0, retract: 0, list: 0 };
  const counted = function* (): Iterable<Correction> {
    for (const correction of found.list(choiceOf(options))) {
      actions[correction.action]++;
      yield correction;
    }
  };
  const { rows } = await writeExport({ table, rows: counted(), total, ...target }, work);
  return { ...target, rows, actions };
}

/** What was asked for, where it is not everything: the counts above are of everything. */
function chosenText({ key, reason }: CorrectionsOptions): string {
  const chosen = [
    ...(key === undefined ? [] : [`key ${safeText(key)}`]),
    ...(reason === undefined ? [] : [reason.join(' and ')]),
  ];
  return chosen.length === 0 ? '' : `, only ${chosen.join(', ')}`;
}

function choiceOf({ key, reason }: CorrectionsOptions): CorrectionChoice {
  return { ...(key === undefined ? {} : { key }), ...(reason === undefined ? {} : { reasons: reason }) };
}

function first(all: Iterable<Correction>, most: number): readonly Correction[] {
  const shown: Correction[] = [];
  for (const correction of all) {
    if (shown.push(correction) === most) break;
  }
  return shown;
}

function keysToShow(keys: readonly KeySummary[], { key, summary }: CorrectionsOptions): readonly KeySummary[] {
  if (key !== undefined) return keys.filter((one) => one.key === key);
  return summary === true ? keys.slice(0, shownKeys) : [];
}
