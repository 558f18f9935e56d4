import { RecoveryError } from '@eventmend/core';
import { errorToJson } from '../documents/error-to-json.js';
import { exitCodeOf, renderError } from '../render/render-error.js';
import { renderNext } from '../render/render-next.js';
import { safeJson } from '../terminal/safe-text.js';
import type { CommandContext, CommandResult } from './command-context.js';
import { linesOf, nextOf, withNext } from './next-on-error.js';
import { createProgressReporter } from './progress-reporter.js';
import type { CliEnvironment } from './cli-environment.js';

/** Options that every command has. */
export interface GlobalOptions {
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly debug?: boolean;
}

/** Runs one command: result to stdout, everything else to stderr, and the exit code back. */
export async function runCommand(
  world: CliEnvironment,
  name: string,
  options: GlobalOptions,
  command: (context: CommandContext) => Promise<CommandResult>,
): Promise<number> {
  const { terminal } = world;
  const json = options.json === true;
  const stop = world.listenForStop(() => {
    terminal.err(['Stopping cleanly. Once more stops at once.']);
  });
  const context: CommandContext = {
    cwd: world.cwd,
    terminal: json ? { ...terminal, interactive: false } : terminal,
    engine: world.engine,
    signal: stop.signal,
    confirm: world.confirm,
    say: (lines) => (json || options.quiet === true ? undefined : terminal.err(lines)),
    progress: (gaps) => createProgressReporter(terminal, options.quiet === true, world.now, gaps),
  };
  try {
    const result = await command(context);
    if (json) printJson(world, { format_version: 1, command: name, ...result.document, next: result.next });
    else terminal.out([...result.lines, ...renderNext(result.next, terminal.outStyle)]);
    return result.exitCode;
  } catch (thrown) {
    return reportError(world, name, options, stop.signal.aborted ? asInterruption(thrown) : thrown);
  } finally {
    terminal.status('');
    stop.release();
  }
}

/** Shows an error as people and programs see it; gives the exit code. */
export function reportError(world: CliEnvironment, name: string, options: GlobalOptions, error: unknown): number {
  const { terminal } = world;
  const next = nextOf(error);
  terminal.err([
    ...renderError(error, terminal.errStyle, options.debug === true),
    ...linesOf(error),
    ...renderNext(next, terminal.errStyle),
  ]);
  if (options.json === true) printJson(world, errorToJson(error, name, next));
  return exitCodeOf(error);
}

/** What was stopped by a signal is no failure, in whatever words the layer below says that it gave up. */
function asInterruption(error: unknown): unknown {
  if (!(error instanceof Error) || error.name !== 'AbortError') return error;
  return withNext(
    new RecoveryError('interrupted', 'stopped before anything was changed', {
      hint: 'run the same command again',
      cause: error,
    }),
    nextOf(error),
  );
}

function printJson(world: CliEnvironment, document: unknown): void {
  world.terminal.outRaw(safeJson(JSON.stringify(document, null, 2)) + '\n');
}
