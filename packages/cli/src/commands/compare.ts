import { resolve } from 'node:path';
import { exitCodes, RecoveryError, type OpenIncident } from '@eventmend/core';
import type { Comparison, ComparisonRequest, ExportFormat, MadeRuns } from '@eventmend/core/engine';
import type { Incident } from '@eventmend/core/incident';
import { comparisonToJson } from '../documents/comparison-to-json.js';
import { strategies } from '../engine/engine.js';
import type { CommandContext, CommandResult } from '../program/command-context.js';
import { exportState, incidentWords } from '../program/commands-for.js';
import { formatOfFile } from '../program/export-format.js';
import { incidentFrom, pathHere } from '../program/incident-argument.js';
import { renderComparison, renderMakingStep } from '../render/render-comparison.js';
import { countOf } from '../terminal/format.js';
import { paragraph } from '../terminal/labelled.js';
import { safeText } from '../terminal/safe-text.js';
import { eventmendCommand } from '../terminal/shell-word.js';

export interface CompareOptions {
  readonly runs?: readonly string[];
  readonly recoverMissing?: boolean;
  readonly truth?: string;
  readonly truthOutputs?: string;
  readonly against?: string;
  readonly out?: string;
  readonly format?: ExportFormat;
}

interface Target {
  readonly file: string;
  readonly format: ExportFormat;
}

/** The runs of an incident side by side; writes nothing but what was asked for, and never the live state. */
export async function compare(
  context: CommandContext,
  file: string | undefined,
  options: CompareOptions,
): Promise<CommandResult> {
  refuseContradiction(options);
  const into = targetOf(options, context.cwd);
  const incident = incidentFrom(file, context.cwd);
  // Runs can be compared without the log that they were made from.
  const open = await context.engine.openIncident(
    incident,
    options.recoverMissing === true ? {} : { withoutLog: () => undefined },
  );
  const progress = context.progress();
  const work = { onProgress: progress.report, signal: context.signal };
  try {
    const tools = await context.engine.comparison();
    const made = options.recoverMissing === true ? await recoverMissing(context, incident, open, work) : null;
    const against = await referenceOf(options, open, context, tools.openTruth);
    const request: ComparisonRequest = {
      ...runsOf(options, made),
      ...(against !== undefined && { against }),
      ...(made !== null && { refused: made.refused }),
      ...(into !== null && { into }),
    };
    const { comparison, rows } = await tools.compareRecoveries(open, request, work);
    progress.end();
    const style = context.terminal.outStyle;
    const exported = into === null ? null : { ...into, rows };
    return {
      exitCode: isWrongAndCalledExact(comparison) ? exitCodes.mismatch : exitCodes.ok,
      lines: [
        ...renderComparison(comparison, (path) => pathHere(path, context.cwd), style),
        ...(exported === null
          ? []
          : paragraph(style, `Wrote ${countOf(rows, 'row')} to ${safeText(pathHere(exported.file, context.cwd))}`)),
      ],
      document: { comparison: comparisonToJson(comparison), exported },
      next: [nextAfter(comparison, incident, context, options)],
    };
  } finally {
    progress.end();
    open.close();
  }
}

/** The worst that a comparison can show: what is called exact is not what the truth is. */
function isWrongAndCalledExact({ reference, recoveries }: Comparison): boolean {
  return reference.kind === 'truth' && recoveries.some(({ states }) => (states?.wrongAs.exact ?? 0) > 0);
}

async function recoverMissing(
  context: CommandContext,
  incident: Incident,
  open: OpenIncident,
  work: Parameters<Awaited<ReturnType<CommandContext['engine']['comparison']>>['makeMissingRuns']>[3],
): Promise<MadeRuns> {
  const { makeMissingRuns } = await context.engine.comparison();
  const able = [];
  for (const name of strategies) able.push(await context.engine.strategy(open, name));
  const options = { acceptGaps: incident.acceptGaps };
  const made = await makeMissingRuns(incident.store, able, options, work, (step) =>
    context.say(renderMakingStep(step, context.terminal.errStyle)),
  );
  if (made.runs.length > 0) return made;
  const reasons = made.refused.map(({ strategy, error }) => `${strategy}: ${error.message}`).join('; ');
  throw new RecoveryError('not-comparable', `no strategy can recover this incident; ${reasons}`, {
    hint: 'eventmend assess says what each of them lacks',
  });
}

/** What was made stands in the table, and what was named; all that is there where neither was asked for. */
function runsOf({ runs }: CompareOptions, made: MadeRuns | null): Pick<ComparisonRequest, 'runs'> {
  if (made === null) return runs === undefined ? {} : { runs };
  return { runs: [...new Set([...made.runs, ...(runs ?? [])])] };
}

async function referenceOf(
  { truth, truthOutputs, against }: CompareOptions,
  open: OpenIncident,
  { cwd }: CommandContext,
  openTruth: Awaited<ReturnType<CommandContext['engine']['comparison']>>['openTruth'],
): Promise<ComparisonRequest['against']> {
  if (against !== undefined) return against === 'live' ? 'live' : { run: against };
  if (truth === undefined) return undefined;
  const outputs = truthOutputs === undefined ? {} : { outputs: resolve(cwd, truthOutputs) };
  return { truth: await openTruth(open, { states: resolve(cwd, truth), ...outputs }) };
}

function refuseContradiction({ truth, truthOutputs, against }: CompareOptions): void {
  if (truth !== undefined && against !== undefined) {
    throw new RecoveryError('invalid-argument', '--truth and --against both say what the runs are held against', {
      hint: 'give one of them',
    });
  }
  if (truthOutputs !== undefined && truth === undefined) {
    throw new RecoveryError('invalid-argument', '--truth-outputs belongs to --truth', {
      hint: 'give the states of the truth too',
    });
  }
}

function targetOf({ out, format }: CompareOptions, cwd: string): Target | null {
  return out === undefined ? null : { file: resolve(cwd, out), format: format ?? formatOfFile(out) };
}

function nextAfter(
  { recoveries }: Comparison,
  incident: Incident,
  { cwd }: CommandContext,
  { out, truth, truthOutputs, against, runs }: CompareOptions,
): string {
  if (out !== undefined) {
    const run = recoveries.flatMap(({ subject }) => (subject.kind === 'run' ? [subject.runId] : []))[0];
    return run === undefined
      ? eventmendCommand('runs', ...incidentWords(incident, cwd))
      : exportState(run, incident, cwd);
  }
  return eventmendCommand(
    'compare',
    ...incidentWords(incident, cwd),
    ...(runs === undefined ? [] : ['--runs', ...runs]),
    ...(truth === undefined ? [] : ['--truth', truth]),
    ...(truthOutputs === undefined ? [] : ['--truth-outputs', truthOutputs]),
    ...(against === undefined ? [] : ['--against', against]),
    '--out',
    `${incident.name}.comparison.ndjson`,
  );
}
