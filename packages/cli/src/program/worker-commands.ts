import { Argument, type Command } from 'commander';
import type { WorkerCheckCommandOptions } from '../commands/worker-check.js';
import type { ConformanceCommandOptions } from '../commands/worker-conformance.js';
import type { Dispatch } from './dispatch.js';

/** `eventmend worker …`: whether a worker does what is asked of it. */
export function addWorkerCommands(program: Command, dispatch: Dispatch): void {
  const worker = program.command('worker').description('try a worker before it is trusted: check, conformance');
  worker.helpOption('-h, --help', 'show help').helpCommand(false);
  const on = (name: string) => worker.command(name).helpOption('-h, --help', 'show help');

  on('check')
    .description('replay a healthy stretch and compare with what the service recorded there')
    .addArgument(new Argument('[incident]', 'the incident file; the only *.incident.yaml here if not given'))
    .option('--stretch-from <time>', 'leave outputs of earlier events alone')
    .option('--until <time>', 'end of the healthy stretch; the onset if not given')
    .option('--faulty <file>', 'the worker that was deployed: it must reproduce the wrong live state')
    .action((file: string | undefined, options: WorkerCheckCommandOptions, command: Command) =>
      dispatch('worker check', command.optsWithGlobals(), async (context) =>
        (await import('../commands/worker-check.js')).workerCheck(context, file, options),
      ),
    );

  on('conformance')
    .description('whether a worker process follows the process protocol; needs no incident')
    .usage('[options] -- COMMAND [ARG...]')
    .argument('<command...>', 'the process and its arguments, behind --')
    .option('--events <file>', 'an NDJSON file with values of your events, to try the handler with')
    .option('--key <column>', 'the member of a value that is the key of its record')
    .option('--timeout <seconds>', 'how long an answer may take; 10 by default')
    .action((words: string[], options: ConformanceCommandOptions, command: Command) =>
      dispatch('worker conformance', command.optsWithGlobals(), async (context) =>
        (await import('../commands/worker-conformance.js')).workerConformance(context, words, options),
      ),
    );
}
