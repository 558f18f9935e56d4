import { RecoveryError } from '@eventmend/core';
import { CommanderError, type Command } from 'commander';
import { createProgram, describeCompletion } from './create-program.js';
import { reportError, runCommand, type GlobalOptions } from './run-command.js';
import type { World } from './world.js';

/** Runs the command line `argv` (without node and script) and gives the exit code. Throws nothing. */
export async function runCli(argv: readonly string[], world: World): Promise<number> {
  let exitCode = 0;
  const program = createProgram(async (name, options, handler) => {
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
    const options: GlobalOptions = { json: argv.includes('--json'), debug: argv.includes('--debug') };
    return reportError(world, argv.find((word) => !word.startsWith('-')) ?? '', options, usageError(error, argv));
  }
}

/** Errors of the command line are shown as all others are; help and version go through the terminal. */
function takeOver(program: Command, { terminal }: World): void {
  for (const command of [program, ...program.commands, ...program.commands.flatMap(({ commands }) => commands)]) {
    command.exitOverride().configureOutput({
      writeOut: (text) => terminal.outRaw(text),
      writeErr: (text) => terminal.err(text.replace(/\n$/, '').split('\n')),
      outputError: () => undefined,
      getOutHasColors: () => terminal.outLook.color,
      getErrHasColors: () => terminal.errLook.color,
    });
  }
}

function usageError(error: unknown, argv: readonly string[]): unknown {
  if (!(error instanceof CommanderError)) return error;
  const [message = '', suggestion] = error.message.replace(/^error: /, '').split('\n');
  const command = argv.find((word) => /^[a-z]/.test(word));
  const help = `eventmend ${error.code === 'commander.unknownCommand' || command === undefined ? '' : `${command} `}--help`;
  return new RecoveryError('EM1001', message, {
    hint: suggestion === undefined ? `see ${help}` : `${suggestion.replace(/^\(|\)$/g, '')} Otherwise see ${help}`,
  });
}
