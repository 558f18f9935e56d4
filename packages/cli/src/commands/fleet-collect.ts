import { exitCodes } from '@eventmend/core';
import { runToJson } from '../documents/run-to-json.js';
import type { CommandContext, CommandResult } from '../program/command-context.js';
import { nextAfterRun } from '../program/commands-for.js';
import { withFleet } from '../program/open-fleet.js';
import { renderRun } from '../render/render-run.js';
import { countOf } from '../terminal/format.js';
import { labelled } from '../terminal/labelled.js';

export interface FleetCollectOptions {
  readonly incident?: string;
}

/** Joins what the tasks of a fleet left into the run of its plan. */
export async function fleetCollect(
  context: CommandContext,
  folder: string,
  options: FleetCollectOptions,
): Promise<CommandResult> {
  const tools = await context.engine.fleet();
  return withFleet(context, folder, options.incident, null, async ({ files, incident, open }) => {
    const report = await tools.collectTasks(tools.completeInputs(open), files, { signal: context.signal });
    const tasks = tools.readFleet(files).fleet.tasks.length;
    const style = context.terminal.outStyle;
    return {
      exitCode: report.verdict.verdict === 'refused' ? exitCodes.infeasible : exitCodes.ok,
      lines: [...renderRun(report, [], style), ...labelled(style, 'fleet', `${countOf(tasks, 'task')} joined`)],
      document: { tasks, run: runToJson(report) },
      next: nextAfterRun(report, incident, context.cwd),
    };
  });
}
