import { resolve } from 'node:path';
import { exitCodes, isRecoveryError, RecoveryError, type OpenIncident } from '@eventmend/core';
import { requireLimits } from '@eventmend/core/engine';
import { type Incident } from '@eventmend/core/incident';
import { carryOut, refuseUsedPlan } from '../program/carry-out.js';
import type { CommandContext, CommandResult } from '../program/command-context.js';
import { incidentWords } from '../program/commands-for.js';
import { incidentFrom } from '../program/incident-argument.js';
import { incidentOfPlan } from '../program/locate-run.js';
import { parseLimits } from '../program/parse-limits.js';
import { asStalePlan } from '../program/plan-anew.js';
import { readPlanFile } from '../program/plan-file.js';
import { scopeOptionNames } from '../program/scope-options.js';
import { renderPlan } from '../render/render-plan.js';
import { eventmendCommand } from '../terminal/shell-word.js';
import { chooseAndPlan, type PlanChoices } from './plan.js';

export interface RecoverOptions extends PlanChoices {
  readonly plan?: string;
  readonly yes?: boolean;
}

/** Carries a plan out; without one it plans, shows and asks first. Never publishes anything. */
export async function recover(
  context: CommandContext,
  file: string | undefined,
  options: RecoverOptions,
): Promise<CommandResult> {
  if (options.plan !== undefined) {
    refuseChoices(options);
    const plan = readPlanFile(resolve(context.cwd, options.plan));
    const incident = incidentOfPlan(plan.incident.name, file, options.plan, context.cwd);
    requireLimits(plan, parseLimits(options));
    return withOpen(
      context,
      incident,
      // Any strategy carries the plan of any other out.
      async (open) => carryOut(context, incident, await context.engine.strategy(open), plan),
      (error) => asStalePlan(context, incident, plan, error),
    );
  }
  // Said before planning: nobody wants to wait for a proof only to be told that a flag is missing.
  if (options.yes !== true && !context.terminal.interactive) {
    throw new RecoveryError(
      'confirmation-required',
      'recover asks before it starts, and there is no terminal to ask on',
      { hint: 'add --yes, or give a reviewed plan with --plan FILE' },
    );
  }
  const incident = incidentFrom(file, context.cwd);
  return withOpen(context, incident, async (open) => {
    const { strategy, plan } = await chooseAndPlan(context, incident, open, options);
    context.say(renderPlan(plan, context.terminal.errStyle));
    await refuseUsedPlan(context, incident, plan);
    const answer = options.yes === true || (await context.confirm('Carry this plan out?'));
    return answer === true ? carryOut(context, incident, strategy, plan) : nothingDone(context, incident, answer);
  });
}

/** The plan was refused, or the one who was asked turned away with Ctrl-C. */
function nothingDone(context: CommandContext, incident: Incident, answer: false | null): CommandResult {
  const words = incidentWords(incident, context.cwd);
  return {
    exitCode: answer === null ? exitCodes.interrupted : exitCodes.ok,
    lines: ['Nothing was done.'],
    document: { run: null, firstQuarantined: [] },
    next: [eventmendCommand('plan', ...words, '--out', `${incident.name}.plan.json`)],
  };
}

/** What the incident names is opened once, for the plan and for what carries it out. */
async function withOpen(
  context: CommandContext,
  incident: Incident,
  act: (open: OpenIncident) => Promise<CommandResult>,
  onUnopened: (error: RecoveryError) => RecoveryError | Promise<RecoveryError> = (error) => error,
): Promise<CommandResult> {
  const open = await context.engine.openIncident(incident).catch(async (error: unknown) => {
    throw isRecoveryError(error) ? await onUnopened(error) : error;
  });
  try {
    return await act(open);
  } finally {
    open.close();
  }
}

function refuseChoices(options: RecoverOptions): void {
  const given = (
    ['strategy', 'acceptGaps', 'baseline', 'targetTime', 'targetOffsets', 'targetEvent', ...scopeOptionNames] as const
  ).filter((name) => options[name] !== undefined);
  if (given.length === 0) return;
  const flags = given.map((name) => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`);
  throw new RecoveryError('invalid-argument', `a plan is fixed: ${flags.join(', ')} cannot change it`, {
    hint: 'make another plan with: eventmend plan',
  });
}
