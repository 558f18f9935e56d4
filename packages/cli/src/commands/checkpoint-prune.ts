import { resolve } from 'node:path';
import { exitCodes } from '@eventmend/core';
import type { CommandContext, CommandResult } from '../program/command-context.js';
import { pathHere } from '../program/incident-argument.js';
import { countOf, formatBytes } from '../terminal/format.js';
import { eventmendCommand } from '../terminal/shell-word.js';
import { wholeNumber } from './checkpoint-diff.js';

export interface CheckpointPruneOptions {
  readonly newest: string;
  readonly days: string;
  readonly yes?: boolean;
}

/** Removes old checkpoints, or says which it would. */
export async function checkpointPrune(
  context: CommandContext,
  folder: string,
  options: CheckpointPruneOptions,
): Promise<CommandResult> {
  const path = resolve(context.cwd, folder);
  const here = pathHere(path, context.cwd);
  const policy = { newest: wholeNumber('--newest', options.newest), days: wholeNumber('--days', options.days) };
  const { pruneCheckpoints } = await context.engine.checkpoints();
  const applied = options.yes === true;
  const { removed, bytes, damaged } = pruneCheckpoints(path, policy, { apply: applied, now: Date.now() });
  return {
    exitCode: exitCodes.ok,
    lines: [
      removed.length === 0
        ? 'Nothing to remove.'
        : `${applied ? 'Removed' : 'Would remove'} ${countOf(removed.length, 'checkpoint')}, ${formatBytes(bytes)}: ${removed[0] ?? ''}${removed.length > 1 ? ` to ${removed.at(-1) ?? ''}` : ''}`,
      ...(damaged.length === 0 ? [] : [`Left alone, since they are damaged: ${damaged.join(', ')}`]),
    ],
    document: { folder: path, applied, removed, bytes, damaged },
    next:
      applied || removed.length === 0
        ? [eventmendCommand('checkpoint', 'list', here)]
        : [eventmendCommand('checkpoint', 'prune', here, '--newest', options.newest, '--days', options.days, '--yes')],
  };
}
