import { Argument, Option, type Command } from 'commander';
import type { DrillCommandOptions } from '../commands/drill.js';
import { strategies } from '../engine/engine.js';
import type { Dispatch } from './dispatch.js';

/** `eventmend drill`: an incident that is made up, to rehearse with. */
export function addDrillCommand(program: Command, dispatch: Dispatch): void {
  program
    .command('drill')
    .helpOption('-h, --help', 'show help')
    .description('rehearse: plant an incident in a copy of healthy data, recover, and compare with the truth')
    .addArgument(new Argument('[incident]', 'the incident file; the only *.incident.yaml here if not given'))
    .option(
      '--mix <amounts...>',
      'what goes wrong, such as missed=20 twice=10 reordered=10 wrong=10 retention=30% hole=500 untimed=50 tainted=2 damaged=1',
    )
    .option('--seed <number>', 'which of the possible incidents; the one after the last drill if not given')
    .option('--runs <number>', 'so many drills, with one seed after the other; 1 if not given')
    .option('--events <number>', 'so many healthy events, the first ones; 200,000 if not given')
    .option('--checkpoints <number>', 'from before the error; as many as the incident names if not given')
    .addOption(
      new Option(
        '--leave <records...>',
        'what the service leaves besides its state; as in the incident if not given',
      ).choices(['outputs', 'ledger', 'nothing']),
    )
    .option('--faulty <file>', 'a faulty version of the worker, in place of wrong results')
    .addOption(new Option('--strategy <names...>', 'only these; all if not given').choices(strategies))
    .option('--into <folder>', 'a new folder for the drill, which is kept')
    .option('--keep', 'keep the folder of a drill that went well too')
    .option('--min-precision <share>', 'of what the diagnosis says, so much has to be right; 100% if not given')
    .option('--min-recall <share>', 'of what was planted, so much has to be found')
    .option('--max-wrong <share>', 'of the keys, so many may be wrong in the best recovery')
    .option('--history', 'only show the drills so far')
    .action((file: string | undefined, options: DrillCommandOptions, command: Command) =>
      dispatch('drill', command.optsWithGlobals(), async (context) =>
        (await import('../commands/drill.js')).drill(context, file, options),
      ),
    );
}
