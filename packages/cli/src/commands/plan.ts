import { resolve } from 'node:path';
import { exitCodes, isRecoveryError, type ChosenRecovery, type OpenIncident, type Plan } from '@eventmend/core';
import type { ChosenStrategy, ReplayStrategy } from '../engine/engine.js';
import { type Incident } from '@eventmend/core/incident';
import { chooseRequested } from '../program/choose-requested.js';
import type { CommandContext, CommandResult } from '../program/command-context.js';
import { incidentWords } from '../program/commands-for.js';
import { incidentFrom, pathHere } from '../program/incident-argument.js';
import { limitWords, type LimitOptions } from '../program/limit-options.js';
import { withNext } from '../program/next-on-error.js';
import { parseLimits } from '../program/parse-limits.js';
import { parseTarget, type TargetOptions } from '../program/parse-target.js';
import { writePlanFile } from '../program/plan-file.js';
import { scopeWords, type ScopeOptions } from '../program/scope-options.js';
import { scopeRequestOf } from '../program/scope-request-of.js';
import { renderPlan } from '../render/render-plan.js';
import { eventmendCommand } from '../terminal/shell-word.js';

/** What a plan may be asked for, on the command lines of `plan` and `recover`. */
export interface PlanChoices extends TargetOptions, ScopeOptions, LimitOptions {
  /** The best of all where absent. */
  readonly strategy?: ChosenStrategy | 'auto';
  readonly acceptGaps?: boolean;
  readonly baseline?: string;
}

export interface PlanOptions extends PlanChoices {
  readonly out?: string;
  readonly force?: boolean;
}

/** What would happen, before it happens. */
export async function plan(
  context: CommandContext,
  file: string | undefined,
  options: PlanOptions,
): Promise<CommandResult> {
  const incident = incidentFrom(file, context.cwd);
  const open = await context.engine.openIncident(incident);
  try {
    const { plan: made } = await chooseAndPlan(context, incident, open, options);
    if (options.out !== undefined) writePlanFile(resolve(context.cwd, options.out), made, options.force ?? false);
    const words = incidentWords(incident, context.cwd);
    return {
      exitCode: exitCodes.ok,
      lines: renderPlan(made, context.terminal.outStyle),
      document: { file: options.out === undefined ? null : resolve(context.cwd, options.out), plan: made },
      next: [
        options.out === undefined
          ? eventmendCommand('recover', ...words, ...choiceWords(options))
          : eventmendCommand('recover', ...words, '--plan', pathHere(resolve(context.cwd, options.out), context.cwd)),
      ],
    };
  } finally {
    open.close();
  }
}

/** The plan of the strategy that was asked for, or of the one that loses least, within the limits that were given. */
export async function chooseAndPlan(
  context: CommandContext,
  incident: Incident,
  open: OpenIncident,
  choices: PlanOptions,
): Promise<ChosenRecovery<ReplayStrategy>> {
  const wanted = { strategy: choices.strategy ?? 'auto', limits: parseLimits(choices) } as const;
  return planWith(context, incident, choices, (request = {}, work = {}) =>
    chooseRequested(context.engine, open, wanted, request, work),
  );
}

/** Makes a plan of one strategy with progress. */
export function makePlan(
  context: CommandContext,
  incident: Incident,
  strategy: ReplayStrategy,
  choices: PlanOptions,
): Promise<Plan> {
  return planWith(context, incident, choices, (options, work) => strategy.plan(options, work));
}

async function planWith<Made>(
  context: CommandContext,
  incident: Incident,
  choices: PlanOptions,
  make: (...request: Parameters<ReplayStrategy['plan']>) => Promise<Made>,
): Promise<Made> {
  const target = parseTarget(choices);
  const scope = scopeRequestOf(choices, context.cwd);
  const progress = context.progress();
  try {
    return await make(
      {
        target,
        acceptGaps: choices.acceptGaps ?? incident.acceptGaps,
        baseline: choices.baseline ?? 'auto',
        ...(scope === undefined ? {} : { scope, acceptClosure: choices.acceptClosure ?? false }),
      },
      { onProgress: progress.report, signal: context.signal },
    );
  } catch (error) {
    if (!isRecoveryError(error) || error.code !== 'closure-not-accepted') throw error;
    throw withNext(error, [acceptingCommand(incident, choices, context.cwd)]);
  } finally {
    progress.end();
  }
}

/** The same plan with the closure that it was refused for. */
function acceptingCommand(incident: Incident, choices: PlanOptions, cwd: string): string {
  const { out, force } = choices;
  const file = out === undefined ? [] : ['--out', out, ...(force === true ? ['--force'] : [])];
  const words = choiceWords({ ...choices, acceptClosure: true });
  return eventmendCommand('plan', ...incidentWords(incident, cwd), ...words, ...file);
}

/** The options that made a plan, so that the next command makes the same. */
function choiceWords(choices: PlanChoices): string[] {
  return [
    ...(choices.strategy === undefined ? [] : ['--strategy', choices.strategy]),
    ...(choices.acceptGaps === true ? ['--accept-gaps'] : []),
    ...(choices.baseline === undefined ? [] : ['--baseline', choices.baseline]),
    ...(choices.targetTime === undefined ? [] : ['--target-time', choices.targetTime]),
    ...(choices.targetOffsets === undefined ? [] : ['--target-offsets', choices.targetOffsets]),
    ...(choices.targetEvent === undefined ? [] : ['--target-event', choices.targetEvent]),
    ...scopeWords(choices),
    ...limitWords(choices),
  ];
}
