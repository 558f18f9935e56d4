import { carryOut } from '../program/carry-out.js';
import type { CommandContext, CommandResult } from '../program/command-context.js';
import { locateRun } from '../program/locate-run.js';

/** Goes on with an interrupted run. */
export async function resume(
  context: CommandContext,
  runId: string,
  options: { readonly incident?: string },
): Promise<CommandResult> {
  const { incident, catalogue } = await locateRun(runId, options.incident, context.cwd, context.engine);
  const plan = catalogue.plan(runId);
  const open = await context.engine.openIncident(incident);
  try {
    return await carryOut(context, incident, await context.engine.strategy(open), plan);
  } finally {
    open.close();
  }
}
