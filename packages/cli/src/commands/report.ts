import { statSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { exitCodes } from '@eventmend/core';
import { beginNewFile, writeFileDurably } from '@eventmend/core/engine';
import type { CommandContext, CommandResult } from '../program/command-context.js';
import { runCommand } from '../program/commands-for.js';
import { pathHere } from '../program/incident-argument.js';
import { locateRun } from '../program/locate-run.js';
import { buildReport } from '../report/data/build-report.js';
import { writeAllKeys } from '../report/data/write-all-keys.js';
import { KnownKeys } from '../report/mask/known-keys.js';
import { openInBrowser } from '../report/open-in-browser.js';
import { renderReport } from '../report/render-report.js';
import { type ReportFormat, withSeal } from '../report/seal/seal.js';
import { signSeal } from '../report/seal/sign-seal.js';
import { formatBytes, formatCount } from '../terminal/format.js';
import { paragraph } from '../terminal/labelled.js';
import { safeText } from '../terminal/safe-text.js';
import { eventmendCommand } from '../terminal/shell-word.js';
import { ownVersion } from '../program/own-package.js';

export interface ReportOptions {
  readonly out?: string;
  readonly format?: ReportFormat;
  readonly force?: boolean;
  readonly open?: boolean;
  readonly keys?: string;
  readonly sign?: string;
  readonly incident?: string;
}

const endings: Readonly<Record<ReportFormat, string>> = { html: 'html', markdown: 'md', json: 'json' };

/** Writes what is known of a run into one file: a page, a draft of a post-mortem, or data. Changes nothing of the run. */
export async function report(context: CommandContext, runId: string, options: ReportOptions): Promise<CommandResult> {
  const { cwd, terminal } = context;
  const format = options.format ?? formatOf(options.out);
  const file = resolve(cwd, options.out ?? `${runId}.report.${endings[format]}`);
  const { incident, catalogue } = await locateRun(runId, options.incident, cwd, context.engine);
  // Before the work is done: a file that is there already, and a key that cannot be read.
  if (options.force !== true) beginNewFile(file).discard();
  // The log may be gone by now; the run is not.
  const open = await context.engine.openIncident(incident, { withoutLog: () => undefined });
  const progress = context.progress();
  try {
    const made = { at: new Date().toISOString(), by: ownVersion() };
    const work = { signal: context.signal, onPhase: (phase: string) => progress.status(`report  ${phase}`) };
    const { masked } = incident;
    const known = new KnownKeys();
    const built = await buildReport({
      ...{ engine: context.engine, open, catalogue, runId, masked, known, made, work },
    });
    progress.status('report  page');
    const { body, seal } = await renderReport(built, format);
    const text = withSeal({
      body,
      seal: options.sign === undefined ? seal : signSeal(seal, resolve(cwd, options.sign)),
    });
    write(file, text, options.force ?? false);
    const keysFile =
      options.keys === undefined || !built.run.hasEnded
        ? null
        : await writeAllKeys(context, open, { runId, masked, known, file: resolve(cwd, options.keys) });
    progress.end();
    const isOpened = options.open === true && terminal.interactive && (await openInBrowser(file));
    const style = terminal.outStyle;
    return {
      exitCode: exitCodes.ok,
      lines: [
        ...paragraph(style, safeText(built.headline)),
        ...built.warnings.flatMap((warning) => paragraph(style, `Warning: ${safeText(warning)}`)),
        ...paragraph(
          style,
          `Wrote ${safeText(pathHere(file, cwd))} (${formatBytes(statSync(file).size)}${options.sign === undefined ? '' : ', signed'})`,
        ),
        ...(keysFile === null
          ? []
          : paragraph(style, `Wrote ${formatCount(keysFile.rows)} keys to ${safeText(pathHere(keysFile.file, cwd))}`)),
        ...(options.open === true && !isOpened
          ? ['Not opened: there is no terminal, or no browser that can be started']
          : []),
      ],
      document: {
        ...{
          runId,
          file,
          format,
          bytes: statSync(file).size,
          sha256: seal.sha256,
          isSigned: options.sign !== undefined,
        },
        ...{ headline: built.headline, verdict: built.verdict, hasEnded: built.run.hasEnded, keysFile },
      },
      next: built.run.hasEnded
        ? [eventmendCommand('verify', '--report', pathHere(file, cwd))]
        : [runCommand('resume', runId, incident, cwd)],
    };
  } finally {
    progress.end();
    open.close();
  }
}

function formatOf(file: string | undefined): ReportFormat {
  if (file?.endsWith('.md') === true || file?.endsWith('.markdown') === true) return 'markdown';
  return file?.endsWith('.json') === true ? 'json' : 'html';
}

/** A new file appears complete or not at all; with --force it replaces the one that is there in the same way. */
function write(file: string, text: string, force: boolean): void {
  if (force) {
    writeFileDurably(file, text);
    return;
  }
  const target = beginNewFile(file);
  try {
    writeFileSync(target.draft, text);
    target.publish();
  } finally {
    target.discard();
  }
}
