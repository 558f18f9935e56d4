import { resolve } from 'node:path';
import { exitCodes, RecoveryError, type Plan } from '@eventmend/core';
import { type Incident } from '@eventmend/core/incident';
import { carryOut, refuseUsedPlan } from '../program/carry-out.js';
import type { CommandContext, CommandResult } from '../program/command-context.js';
import { incidentWords } from '../program/commands-for.js';
import { incidentFrom } from '../program/incident-argument.js';
import { incidentOfPlan } from '../program/locate-run.js';
import { readPlanFile } from '../program/plan-file.js';
import { scopeOptionNames } from '../program/scope-options.js';
import { renderPlan } from '../render/render-plan.js';
import { eventmendCommand } from '../terminal/shell-word.js';
import { makePlan, type PlanChoices } from './plan.js';

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
    return carry(context, incidentOfPlan(plan.incident.name, file, options.plan, context.cwd), plan);
  }
  // Said before planning: nobody wants to wait for a proof only to be told that a flag is missing.
  if (options.yes !== true && !context.terminal.interactive) {
    throw new RecoveryError('EM1004', 'recover asks before it starts, and there is no terminal to ask on', {
      hint: 'add --yes, or give a reviewed plan with --plan FILE',
    });
  }
  const incident = incidentFrom(file, context.cwd);
  const { situation, close } = await context.engine.openSituation(incident);
  let plan: Plan;
  try {
    plan = await makePlan(context, incident, situation, options);
  } finally {
    close();
  }
  context.say(renderPlan(plan, context.terminal.errLook));
  await refuseUsedPlan(context, incident, plan);
  const answer = options.yes === true || (await context.confirm('Carry this plan out?'));
  if (answer !== true) return nothingDone(context, incident, answer);
  return carry(context, incident, plan);
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

async function carry(context: CommandContext, incident: Incident, plan: Plan): Promise<CommandResult> {
  const { situation, close } = await context.engine.openSituation(incident);
  try {
    return await carryOut(context, incident, situation, plan);
  } finally {
    close();
  }
}

function refuseChoices(options: RecoverOptions): void {
  const given = (
    ['acceptGaps', 'baseline', 'targetTime', 'targetOffsets', 'targetEvent', ...scopeOptionNames] as const
  ).filter((name) => options[name] !== undefined);
  if (given.length === 0) return;
  const flags = given.map((name) => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`);
  throw new RecoveryError('EM1001', `a plan is fixed: ${flags.join(', ')} cannot change it`, {
    hint: 'make another plan with: eventmend plan',
  });
}
