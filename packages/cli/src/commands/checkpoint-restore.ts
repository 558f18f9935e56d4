import { resolve } from 'node:path';
import { exitCodes } from '@eventmend/core';
import { positionToDocument } from '../documents/checkpoint-to-json.js';
import type { CommandContext, CommandResult } from '../program/command-context.js';
import { pathHere } from '../program/incident-argument.js';
import { countOf } from '../terminal/format.js';
import { labelled } from '../terminal/labelled.js';
import { safeText } from '../terminal/safe-text.js';
import { eventmendCommand } from '../terminal/shell-word.js';

/** Makes a new store for the live worker from a checkpoint; the old one stays as it is. */
export async function checkpointRestore(
  context: CommandContext,
  folder: string,
  id: string,
  into: string,
): Promise<CommandResult> {
  const target = resolve(context.cwd, into);
  const here = pathHere(target, context.cwd);
  const { restoreCheckpoint } = await context.engine.checkpoints();
  const restored = restoreCheckpoint(resolve(context.cwd, folder), id, target);
  const { outStyle } = context.terminal;
  return {
    exitCode: exitCodes.ok,
    lines: [
      `Restored ${id} into ${safeText(here)}: ${countOf(restored.keys, 'key')}`,
      ...restored.position.flatMap(({ topic, partition, next }) =>
        labelled(outStyle, 'goes on', safeText(`${topic}[${partition}] at ${next}`)),
      ),
      ...Object.entries(restored.omits).flatMap(([name, text]) =>
        labelled(outStyle, 'not in it', safeText(`${name}: ${text}`)),
      ),
      'Give openCheckpointer this folder; the old one was not changed.',
    ],
    document: {
      checkpoint: id,
      folder: target,
      keys: restored.keys,
      position: positionToDocument(restored.position),
      omits: restored.omits,
    },
    next: [eventmendCommand('checkpoint', 'list', here)],
  };
}
