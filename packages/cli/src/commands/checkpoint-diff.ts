import { resolve } from 'node:path';
import { exitCodes, RecoveryError } from '@eventmend/core';
import type { KeyDifference } from '@eventmend/checkpoint';
import type { CommandContext, CommandResult } from '../program/command-context.js';
import { pathHere } from '../program/incident-argument.js';
import { countOf, formatCount } from '../terminal/format.js';
import { safeText } from '../terminal/safe-text.js';
import { eventmendCommand } from '../terminal/shell-word.js';
import { table } from '../terminal/table.js';

export interface CheckpointDiffOptions {
  readonly limit: string;
}

/** How much of a state is shown, in characters. */
const shownCharacters = 60;

/** What changed from one checkpoint to another. */
export async function checkpointDiff(
  context: CommandContext,
  folder: string,
  from: string,
  to: string,
  options: CheckpointDiffOptions,
): Promise<CommandResult> {
  const path = resolve(context.cwd, folder);
  const { diffCheckpoints } = await context.engine.checkpoints();
  const examples = wholeNumber('--limit', options.limit);
  const difference = diffCheckpoints(path, from, to, { examples });
  const { added, removed, changed, touched, same } = difference;
  return {
    exitCode: exitCodes.ok,
    lines: [
      `${from} to ${to}: ${formatCount(changed)} changed, ${formatCount(added)} added, ${formatCount(removed)} removed, ` +
        `${formatCount(touched)} touched and as before, ${formatCount(same)} untouched`,
      ...(difference.examples.length === 0
        ? []
        : table(
            [
              { title: 'Key', wrap: true },
              { title: 'Events', align: 'right' },
              { title: 'Before', wrap: true },
              { title: 'After', wrap: true },
            ],
            difference.examples.map(rowOf),
            context.terminal.outStyle,
          )),
      ...(added + removed + changed > difference.examples.length
        ? [`${countOf(added + removed + changed - difference.examples.length, 'key')} more: --limit`]
        : []),
    ],
    document: {
      ...difference,
      examples: difference.examples.map(({ before = null, after = null, ...example }) => ({
        ...example,
        before,
        after,
      })),
    },
    next: [eventmendCommand('checkpoint', 'show', pathHere(path, context.cwd), to)],
  };
}

function rowOf({ key, kind, before, after, path, events }: KeyDifference): string[] {
  const text = (state: unknown): string => (state === undefined ? '' : shortened(JSON.stringify(state)));
  const place = kind === 'changed' && path !== null && path !== '$' ? ` ${path}` : '';
  return [safeText(`${key}${place}`), formatCount(events), text(before), text(after)];
}

function shortened(text: string): string {
  return text.length <= shownCharacters ? text : `${text.slice(0, shownCharacters - 1)}…`;
}

/** @throws RecoveryError `invalid-argument` */
export function wholeNumber(option: string, text: string): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(number)) return number;
  throw new RecoveryError('invalid-argument', `${option} ${text} is not a whole number`, {
    hint: `such as ${option} 20`,
  });
}
