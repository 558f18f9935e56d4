import { resolve } from 'node:path';
import { exitCodes } from '@eventmend/core';
import type { CommandContext, CommandResult } from '../program/command-context.js';
import { pathHere } from '../program/incident-argument.js';
import { withFleet } from '../program/open-fleet.js';
import { readTaskHeader } from '../program/read-task-header.js';
import { wholeNumber } from '../program/whole-number.js';
import { renderTask } from '../render/render-fleet.js';
import { eventmendCommand } from '../terminal/shell-word.js';

export interface FleetTaskOptions {
  readonly scratch?: string;
  readonly threads?: string;
  readonly incident?: string;
}

/** Does one task of a fleet. */
export async function fleetTask(
  context: CommandContext,
  folder: string,
  number: string,
  options: FleetTaskOptions,
): Promise<CommandResult> {
  const task = number === '-' ? readTaskHeader(0) : wholeNumber(number, 'task', 0);
  const threads = options.threads === undefined ? 1 : wholeNumber(options.threads, '--threads', 1);
  const scratch = options.scratch === undefined ? {} : { scratch: resolve(context.cwd, options.scratch) };
  const tools = await context.engine.fleet();
  const progress = context.progress();
  try {
    return await withFleet(context, folder, options.incident, null, async ({ files, open }) => {
      const inputs = tools.completeInputs(open);
      const outcome = await tools.runTask(
        { ...inputs, tuning: { ...inputs.tuning, threads } },
        { files, task, ...scratch, ...(number === '-' && { input: 0 }) },
        { onProgress: progress.report, signal: context.signal },
      );
      progress.end();
      const { manifest, as } = outcome;
      const { lanes, result, measured } = manifest;
      return {
        exitCode: exitCodes.ok,
        lines: renderTask(outcome, context.terminal.outStyle),
        document: {
          folder: files.folder,
          task,
          as,
          events: measured.events,
          quarantined: lanes.reduce((sum, lane) => sum + lane.quarantined, 0),
          outputs: lanes.reduce((sum, lane) => sum + lane.outputs, 0),
          result,
          ms: measured.ms,
          memoryBytes: measured.memoryBytes,
        },
        next: [eventmendCommand('fleet', 'collect', pathHere(files.folder, context.cwd))],
      };
    });
  } finally {
    progress.end();
  }
}
