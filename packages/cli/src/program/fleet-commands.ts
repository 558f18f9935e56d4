import type { Command } from 'commander';
import type { FleetCollectOptions } from '../commands/fleet-collect.js';
import type { FleetPlanOptions } from '../commands/fleet-plan.js';
import type { FleetReadOptions } from '../commands/fleet-read.js';
import type { FleetTaskOptions } from '../commands/fleet-task.js';
import type { FleetVerifyOptions } from '../commands/fleet-verify.js';
import type { Dispatch } from './dispatch.js';

/** `eventmend fleet …`: one plan on many machines. */
export function addFleetCommands(program: Command, dispatch: Dispatch): void {
  const fleet = program.command('fleet').description('one plan on many machines: plan, read, task, verify, collect');
  fleet.helpOption('-h, --help', 'show help').helpCommand(false);
  const on = (name: string) => fleet.command(name).helpOption('-h, --help', 'show help');
  const ofFleet = (command: Command) =>
    command.option('--incident <file>', 'the incident file of the plan, if it is not in this folder');

  ofFleet(
    on('plan')
      .description('cut a plan into tasks, or say why it cannot be')
      .argument('<folder>', 'a new folder that all machines see')
      .requiredOption('--plan <file>', 'the plan, as eventmend plan wrote it')
      .option('--tasks <number>', 'at most so many; one for each partition if not given'),
  ).action((folder: string, options: FleetPlanOptions, command: Command) =>
    dispatch('fleet plan', command.optsWithGlobals(), async (context) =>
      (await import('../commands/fleet-plan.js')).fleetPlan(context, folder, options),
    ),
  );

  ofFleet(
    on('read')
      .description('give the events of some partitions to the tasks of their keys, a line each')
      .argument('<folder>', 'the folder of the fleet')
      .argument('<number>', 'of the reader, from 0; - reads it from standard input')
      .option('--again', 'by the second implementation, for tasks that are verified'),
  ).action((folder: string, reader: string, options: FleetReadOptions, command: Command) =>
    dispatch('fleet read', command.optsWithGlobals(), async (context) =>
      (await import('../commands/fleet-read.js')).fleetRead(context, folder, reader, options),
    ),
  );

  ofFleet(
    on('task')
      .description('do one task; may be run again, and twice at once')
      .argument('<folder>', 'the folder of the fleet')
      .argument('<number>', 'of the task, from 0; - reads it from standard input')
      .option('--scratch <folder>', 'where on this machine it works; a folder of the system if not given')
      .option('--threads <number>', '1 if not given, since schedulers count cores'),
  ).action((folder: string, task: string, options: FleetTaskOptions, command: Command) =>
    dispatch('fleet task', command.optsWithGlobals(), async (context) =>
      (await import('../commands/fleet-task.js')).fleetTask(context, folder, task, options),
    ),
  );

  ofFleet(
    on('verify')
      .description('derive one task again, and hold what it stored against that; then verify the run')
      .argument('<folder>', 'the folder of the fleet')
      .argument('<number>', 'of the task, from 0; - reads it from standard input'),
  ).action((folder: string, task: string, options: FleetVerifyOptions, command: Command) =>
    dispatch('fleet verify', command.optsWithGlobals(), async (context) =>
      (await import('../commands/fleet-verify.js')).fleetVerify(context, folder, task, options),
    ),
  );

  ofFleet(
    on('collect')
      .description('join what the tasks left into the run of the plan')
      .argument('<folder>', 'the folder of the fleet'),
  ).action((folder: string, options: FleetCollectOptions, command: Command) =>
    dispatch('fleet collect', command.optsWithGlobals(), async (context) =>
      (await import('../commands/fleet-collect.js')).fleetCollect(context, folder, options),
    ),
  );
}
