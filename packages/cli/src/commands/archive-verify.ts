import { resolve } from 'node:path';
import { exitCodes } from '@eventmend/core';
import type { CommandContext, CommandResult } from '../program/command-context.js';
import { pathHere } from '../program/incident-argument.js';
import { countOf, formatCount, shortDigest } from '../terminal/format.js';
import { labelled } from '../terminal/labelled.js';
import { paint } from '../terminal/terminal-style.js';
import { safeText } from '../terminal/safe-text.js';
import { eventmendCommand } from '../terminal/shell-word.js';

/** Reads all of an archive and checks it against its hashes. */
export async function archiveVerify(context: CommandContext, file: string): Promise<CommandResult> {
  const path = resolve(context.cwd, file);
  const here = pathHere(path, context.cwd);
  const { verifyArchive } = await context.engine.archives();
  const progress = context.progress();
  try {
    const result = await verifyArchive(path, { onProgress: progress.report, signal: context.signal });
    progress.end();
    const { outStyle } = context.terminal;
    const { problems } = result;
    const heading = result.ok ? paint(outStyle, 'good', 'intact') : paint(outStyle, 'bad', 'damaged');
    const seal = result.sealed && result.digest !== null ? `seal ${shortDigest(result.digest)}` : 'not sealed';
    return {
      exitCode: result.ok ? exitCodes.ok : (problems.at(0)?.exitCode ?? exitCodes.error),
      lines: [
        `${safeText(here)}  ${heading}: ${countOf(result.events, 'event')} in ${countOf(result.segments, 'segment')}, ${seal}`,
        ...(result.undecodable === 0
          ? []
          : labelled(
              outStyle,
              'note',
              `${formatCount(result.undecodable)} values are not JSON; a replay treats them by its poison policy`,
            )),
        ...result.problems.flatMap((problem) => labelled(outStyle, problem.number, problem.message)),
      ],
      document: {
        archive: path,
        ok: result.ok,
        sealed: result.sealed,
        digest: result.digest,
        events: result.events,
        segments: result.segments,
        undecodable: result.undecodable,
        problems: result.problems.map(({ number: code, message, details }) => ({ code, message, details })),
      },
      next: result.ok
        ? [eventmendCommand('archive', 'info', here)]
        : [eventmendCommand('archive', 'import', 'FILES', '--into', 'NEW.archive')],
    };
  } finally {
    progress.end();
  }
}
