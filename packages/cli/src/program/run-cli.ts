import { CommanderError, type Command } from 'commander';
import { createProgram, describeCompletion } from './create-program.js';
import type { CliEnvironment } from './cli-environment.js';

/**
 * Runs the command line `argv` (without node and script) and gives the exit code. Throws nothing. What runs commands and
 * shows errors is loaded when there is a command or an error: help and version need none of it.
 */
export async function runCli(argv: readonly string[], world: CliEnvironment): Promise<number> {
  let exitCode = 0;
  const program = createProgram(async (name, options, handler) => {
    const { runCommand } = await import('./run-command.js');
    exitCode = await runCommand(world, name, options, handler);
  });
  if (argv[0] === 'completion' || argv[0] === 'complete') {
    const { addCompletion } = await import('../commands/completion.js');
    addCompletion(program, world.cwd);
  } else {
    describeCompletion(program);
  }
  takeOver(program, world);
  try {
    if (argv.length === 0) {
      program.outputHelp({ error: true });
      return 2;
    }
    await program.parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    return await reportUsage(error, argv, world);
  }
}

/** Errors of the command line are shown as all others are; help and version go through the terminal. */
function takeOver(command: Command, world: CliEnvironment): void {
  const { terminal } = world;
  command.exitOverride().configureOutput({
    writeOut: (text) => terminal.outRaw(text),
    writeErr: (text) => terminal.err(text.replace(/\n$/, '').split('\n')),
    outputError: () => undefined,
    getOutHasColors: () => terminal.outStyle.color,
    getErrHasColors: () => terminal.errStyle.color,
  });
  for (const child of command.commands) takeOver(child, world);
}

async function reportUsage(error: unknown, argv: readonly string[], world: CliEnvironment): Promise<number> {
  const [{ reportError }, { usageError }] = await Promise.all([import('./run-command.js'), import('./usage-error.js')]);
  const options = { json: argv.includes('--json'), debug: argv.includes('--debug') };
  const name = argv.find((word) => !word.startsWith('-')) ?? '';
  return reportError(world, name, options, error instanceof CommanderError ? usageError(error, name) : error);
}
