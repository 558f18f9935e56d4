import { exitCodes } from '@eventmend/core';
import type { CommandContext, CommandResult } from '../program/command-context.js';
import { withFleet } from '../program/open-fleet.js';
import { readTaskHeader } from '../program/read-task-header.js';
import { wholeNumber } from '../program/whole-number.js';

export interface FleetReadOptions {
  readonly incident?: string;
  readonly again?: boolean;
}

/** Standard output, which has the lines here; nothing else is printed there. */
const output = 1;

/** Reads some partitions of a fleet that is spread by keys, for whoever sorts the lines and gives them to the tasks. */
export async function fleetRead(
  context: CommandContext,
  folder: string,
  number: string,
  options: FleetReadOptions,
): Promise<CommandResult> {
  const reader = number === '-' ? readTaskHeader(0) : wholeNumber(number, 'reader', 0);
  const tools = await context.engine.fleet();
  const progress = context.progress();
  try {
    return await withFleet(context, folder, options.incident, null, async ({ files, open }) => {
      const work = { onProgress: progress.report, signal: context.signal };
      await tools.readEvents(
        tools.completeInputs(open),
        { files, reader, output, again: options.again === true },
        work,
      );
      return { exitCode: exitCodes.ok, lines: [], document: {}, next: [] };
    });
  } finally {
    progress.end();
  }
}
