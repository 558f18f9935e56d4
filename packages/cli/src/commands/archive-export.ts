import { createWriteStream } from 'node:fs';
import { resolve } from 'node:path';
import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { beginNewFile } from '@eventmend/core/engine';
import { exitCodes } from '@eventmend/core';
import type { ExportedEvents } from '@eventmend/core/archive';
import { renderLeftOut } from '../render/render-archived-damage.js';
import type { CommandContext, CommandResult } from '../program/command-context.js';
import { pathHere } from '../program/incident-argument.js';
import { countOf } from '../terminal/format.js';
import { safeText } from '../terminal/safe-text.js';
import { eventmendCommand } from '../terminal/shell-word.js';

/** Writes all events of an archive as NDJSON (gzipped where the name ends in .gz) into a new file. */
export async function archiveExport(
  context: CommandContext,
  file: string,
  options: { readonly out: string },
): Promise<CommandResult> {
  const archive = resolve(context.cwd, file);
  const out = resolve(context.cwd, options.out);
  const { exportArchive } = await context.engine.archives();
  const target = beginNewFile(out);
  const progress = context.progress();
  const lines = new PassThrough({ highWaterMark: 1024 * 1024 });
  const sink = createWriteStream(target.draft, { flags: 'wx' });
  const written = out.endsWith('.gz') ? pipeline(lines, createGzip(), sink) : pipeline(lines, sink);
  // Reported below; a writer that fails while the export still runs must not count as unhandled.
  written.catch(() => undefined);
  try {
    const work = { onProgress: progress.report, signal: context.signal };
    const exported = await Promise.race([
      exportArchive(archive, lines, {}, work),
      written.then((): ExportedEvents => ({ events: 0 })),
    ]);
    lines.end();
    await written;
    target.publish();
    progress.end();
    return {
      exitCode: exitCodes.ok,
      lines: [
        `Exported ${countOf(exported.events, 'event')} to ${safeText(pathHere(out, context.cwd))}`,
        ...renderLeftOut(exported, context.terminal.outStyle),
      ],
      document: { archive, file: out, ...exported },
      next: [eventmendCommand('archive', 'import', pathHere(out, context.cwd), '--into', 'NEW.archive')],
    };
  } finally {
    progress.end();
    lines.destroy();
    await written.catch(() => undefined);
    target.discard();
  }
}
