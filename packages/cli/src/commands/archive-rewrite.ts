import { resolve } from 'node:path';
import { exitCodes } from '@eventmend/core';
import type { CommandContext, CommandResult } from '../program/command-context.js';
import { pathHere } from '../program/incident-argument.js';
import { countOf, formatBytes } from '../terminal/format.js';
import { safeText } from '../terminal/safe-text.js';
import { eventmendCommand } from '../terminal/shell-word.js';

/** Writes an archive anew, in the form that new archives have. */
export async function archiveRewrite(
  context: CommandContext,
  file: string,
  options: { readonly into: string },
): Promise<CommandResult> {
  const archive = resolve(context.cwd, file);
  const into = resolve(context.cwd, options.into);
  const here = pathHere(into, context.cwd);
  const { rewriteArchive } = await context.engine.archives();
  const progress = context.progress();
  try {
    const rewritten = await rewriteArchive(archive, into, { onProgress: progress.report, signal: context.signal });
    const { events, bytesBefore, bytesAfter } = rewritten;
    return {
      exitCode: exitCodes.ok,
      lines: [
        `Wrote ${countOf(events, 'event')} into ${safeText(here)}: ${formatBytes(bytesAfter)}, ${formatBytes(bytesBefore)} before`,
      ],
      document: { archive, into, ...rewritten },
      next: [eventmendCommand('archive', 'verify', here)],
    };
  } finally {
    progress.end();
  }
}
