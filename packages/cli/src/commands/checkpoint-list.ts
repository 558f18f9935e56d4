import { resolve } from 'node:path';
import { exitCodes } from '@eventmend/core';
import { checkpointsToJson } from '../documents/checkpoint-to-json.js';
import type { CommandContext, CommandResult } from '../program/command-context.js';
import { pathHere } from '../program/incident-argument.js';
import { renderCheckpoints } from '../render/render-checkpoints.js';
import { eventmendCommand } from '../terminal/shell-word.js';

/** The checkpoints of a folder, at a glance. */
export async function checkpointList(context: CommandContext, folder: string): Promise<CommandResult> {
  const path = resolve(context.cwd, folder);
  const { examineCheckpoints } = await context.engine.checkpoints();
  const found = examineCheckpoints(path, { deep: false });
  return {
    exitCode: exitCodes.ok,
    lines: renderCheckpoints(found, false, context.terminal.outStyle),
    document: checkpointsToJson(found),
    next: [eventmendCommand('checkpoint', 'verify', pathHere(path, context.cwd))],
  };
}
