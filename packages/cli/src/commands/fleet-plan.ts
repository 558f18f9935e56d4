import { resolve } from 'node:path';
import { exitCodes, RecoveryError } from '@eventmend/core';
import type { CommandContext, CommandResult } from '../program/command-context.js';
import { pathHere } from '../program/incident-argument.js';
import { withFleet } from '../program/open-fleet.js';
import { readPlanFile } from '../program/plan-file.js';
import { wholeNumber } from '../program/whole-number.js';
import { describeSpreadRefusal, renderFleetPlan } from '../render/render-fleet.js';
import { eventmendCommand } from '../terminal/shell-word.js';

export interface FleetPlanOptions {
  readonly plan: string;
  readonly tasks?: string;
  readonly incident?: string;
}

/** Cuts a plan into tasks for many machines. */
export async function fleetPlan(
  context: CommandContext,
  folder: string,
  options: FleetPlanOptions,
): Promise<CommandResult> {
  const file = resolve(context.cwd, options.plan);
  const plan = readPlanFile(file);
  const tasks = options.tasks === undefined ? {} : { tasks: wholeNumber(options.tasks, '--tasks', 1) };
  const tools = await context.engine.fleet();
  const progress = context.progress();
  try {
    return await withFleet(context, folder, options.incident, { plan, file }, async ({ files, open }) => {
      const { fleet, refused } = await tools.planFleet(
        tools.completeInputs(open),
        { plan, files, ...tasks },
        { onProgress: progress.report, signal: context.signal },
      );
      progress.end();
      if (fleet === null) {
        throw new RecoveryError('not-spreadable', describeSpreadRefusal(refused), {
          hint: 'carry the plan out on one machine: eventmend recover --plan FILE',
        });
      }
      const here = pathHere(files.folder, context.cwd);
      const { id, spread } = fleet;
      return {
        exitCode: exitCodes.ok,
        lines: renderFleetPlan(fleet, here, context.terminal.outStyle),
        document: { folder: files.folder, fleetId: id, planId: plan.id, spread, tasks: fleet.tasks },
        next: [eventmendCommand('fleet', 'task', here, '0')],
      };
    });
  } finally {
    progress.end();
  }
}
