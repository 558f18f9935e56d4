import { Option, type Command } from 'commander';
import type { PublishCommandOptions } from '../commands/publish.js';
import type { Dispatch } from './dispatch.js';

/** `eventmend publish`: sends what is right to an output topic, each exactly once. */
export function addPublishCommand(program: Command, dispatch: Dispatch): void {
  program
    .command('publish')
    .helpOption('-h, --help', 'show help')
    .description('send what a verified run intends to an output topic, each exactly once')
    .argument('<run>', 'the run, such as r-7f3a91c2')
    .option('--corrections', 'what is owed to the readers of the topic under live.outputs.kafka')
    .option('--rebuild <topic>', 'all outputs of the run in their order, into this new, empty topic')
    .option('--dry-run', 'show what would be sent, and send nothing')
    .option('--canary <n>', 'only the first so many; the same command without it goes on')
    .option('--keys <list>', 'only corrections of these keys, such as acme,globex; later calls go on with the others')
    .option('--max-rate <rate>', 'send no faster, such as 500 events/s or 5MB/s')
    .addOption(
      new Option('--time <which>', 'the time of the records; publication if not given').choices([
        'publication',
        'original',
      ]),
    )
    .option('-y, --yes', 'do not ask')
    .option('--plain-kafkajs', 'send through the producer of kafkajs, for brokers that take nothing else; slower')
    .option('--incident <file>', 'the incident file; found by the run if not given')
    .action((runId: string, options: PublishCommandOptions, command: Command) =>
      dispatch('publish', command.optsWithGlobals(), async (context) =>
        (await import('../commands/publish.js')).publish(context, runId, options),
      ),
    );
}
