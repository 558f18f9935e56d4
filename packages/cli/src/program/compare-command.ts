import { Option, type Command } from 'commander';
import type { CompareOptions } from '../commands/compare.js';
import type { Dispatch } from './dispatch.js';

/** `eventmend compare`: one incident, every strategy. */
export function addCompareCommand(program: Command, dispatch: Dispatch): void {
  program
    .command('compare')
    .helpOption('-h, --help', 'show help')
    .description('the runs of an incident side by side, and against the truth where it is known')
    .argument('[incident]', 'the incident file; the only *.incident.yaml here if not given')
    .option('--runs <run...>', 'only these runs; all that can be compared if not given')
    .option('--recover-missing', 'recover and verify first with every strategy that can and has not')
    .option('--truth <file>', 'what the states should be: a snapshot, an export, or {KEY: STATE} in JSON')
    .option('--truth-outputs <file>', 'what the outputs should be, as an export writes them')
    .option('--against <what>', 'hold them against "live", or against a run')
    .option('--out <file>', 'write a row for each key and recovery into a new file; never overwrites')
    .addOption(
      new Option('--format <format>', 'by the ending of the file if not given').choices(['ndjson', 'csv', 'sqlite']),
    )
    .action((file: string | undefined, options: CompareOptions, command: Command) =>
      dispatch('compare', command.optsWithGlobals(), async (context) =>
        (await import('../commands/compare.js')).compare(context, file, options),
      ),
    );
}
