import { Argument, Command, Option } from 'commander';
import type { CorrectionsOptions } from '../commands/corrections.js';
import type { DoctorOptions } from '../commands/doctor.js';
import type { ExportOptions } from '../commands/export.js';
import type { SaveOptions } from '../commands/save.js';
import type { InitOptions } from '../commands/init.js';
import type { VerifyOptions } from '../commands/verify.js';
import { strategyNames } from '../engine/engine.js';
import { addArchiveCommands } from './archive-commands.js';
import { addCompareCommand } from './compare-command.js';
import { addCheckpointCommands } from './checkpoint-commands.js';
import { addDrillCommand } from './drill-command.js';
import { addEstimateCommand } from './estimate-command.js';
import { addFleetCommands } from './fleet-commands.js';
import { addLimitOptions } from './limit-options.js';
import { addMoveGroupCommand } from './move-group-command.js';
import { addPublishCommand } from './publish-command.js';
import { ownVersion } from './own-package.js';
import { addReportCommand } from './report-command.js';
import { addScopeOptions } from './scope-options.js';
import type { Dispatch, Handler } from './dispatch.js';
import { addWorkerCommands } from './worker-commands.js';

const processLanguages = ['python', 'java', 'javascript'];
const formats = ['ndjson', 'csv', 'sqlite'];

const correctionReasons = [
  'missed',
  'twice',
  'out-of-order',
  'wrong',
  'not-sent',
  'sent-twice',
  'consequence',
  'not-told',
  'differs',
];

/** The command line: what can be typed, and nothing of what it does. */
export function createProgram(dispatch: Dispatch): Command {
  const program = new Command('eventmend')
    .description(
      'Brings the state of an event-driven worker back to what it should be after an error in its event handling.',
    )
    .version(ownVersion(), '-V, --version', 'show the version')
    .helpOption('-h, --help', 'show help')
    .option('--json', 'print one JSON document (schemas/ describes it)')
    .option('--quiet', 'no progress')
    .option('--debug', 'show where an error came from')
    .configureHelp({ showGlobalOptions: true, helpWidth: 80 })
    .helpCommand('help [command]', 'show help of a command')
    .showSuggestionAfterError();
  const on = (name: string) => program.command(name).helpOption('-h, --help', 'show help');
  const run = (name: string, command: Command, handler: Handler) => dispatch(name, command.optsWithGlobals(), handler);

  on('init')
    .description('write a worker, an incident file and a README to start from')
    .argument('[folder]', 'where to', '.')
    .option('--from <file>', 'an NDJSON file with your events: its columns are inspected and mapped')
    .addOption(
      new Option('--process <language>', 'a worker in another language, as a process').choices(processLanguages),
    )
    .action((folder: string, options: InitOptions, command: Command) =>
      run('init', command, async (context) => (await import('../commands/init.js')).init(context, folder, options)),
    );

  on('doctor')
    .description('open all that an incident names, and show how its rows are understood')
    .addArgument(incidentArgument())
    .option('--brokers <list>', 'only try a Kafka cluster, such as kafka-1:9092; no incident file is needed then')
    .option('--connection <file>', 'the same with a file: brokers, tls, sasl as under log.kafka in an incident')
    .option('--topic <names...>', 'topics of the cluster to look at')
    .option('--group <name>', 'a consumer group whose offsets are to be seen')
    .action((file: string | undefined, options: DoctorOptions, command: Command) =>
      run('doctor', command, async (context) => (await import('../commands/doctor.js')).doctor(context, file, options)),
    );

  on('save')
    .description('copy topics of a Kafka cluster into an archive, before they are deleted')
    .addArgument(incidentArgument())
    .option('--brokers <list>', 'the cluster, such as kafka-1:9092,kafka-2:9092; no incident file is needed then')
    .option('--topic <names...>', 'input and output topics')
    .option('--connection <file>', 'a file with what stands under log.kafka in an incident: brokers, tls, sasl')
    .option('--into <archive>', 'the archive, new or old; NAME-OF-TOPIC.archive if not given')
    .option('--group <names...>', 'consumer groups whose offsets are kept too')
    .option('--registry <url>', 'a schema registry; the schemas are kept beside the events')
    .addOption(new Option('--isolation <level>', 'committed if not given').choices(['committed', 'uncommitted']))
    .option('--max-rate <rate>', 'read no faster, such as 20MB/s or 5000 events/s')
    .option('--yield-to <group>', 'pause while the lag of this consumer group grows')
    .option('--follow', 'go on with what is written from now on, until stopped')
    .action((file: string | undefined, options: SaveOptions, command: Command) =>
      run('save', command, async (context) => (await import('../commands/save.js')).save(context, file, options)),
    );

  on('assess')
    .description('what survived, and what each strategy could bring back')
    .addArgument(incidentArgument())
    .option('--deep', 'also find out what takes as long as reading all events')
    .action((file: string | undefined, options: object, command: Command) =>
      run('assess', command, async (context) => (await import('../commands/assess.js')).assess(context, file, options)),
    );

  addScopeOptions(
    on('diagnose')
      .description('what went wrong: which events, since when, what they have in common')
      .addArgument(incidentArgument()),
  )
    .option('--out <file>', 'write every fault into a new file; never overwrites')
    .addOption(new Option('--format <format>', 'by the ending of the file if not given').choices(formats))
    .option('--order-sensitivity', 'also measure how much the order of the partitions matters')
    .action((file: string | undefined, options: object, command: Command) =>
      run('diagnose', command, async (context) =>
        (await import('../commands/diagnose.js')).diagnose(context, file, options),
      ),
    );

  planOptions(on('plan').description('what a recovery would do, before it does it').addArgument(incidentArgument()))
    .option('--out <file>', 'write the plan to a file, to be reviewed and carried out')
    .option('--force', 'replace another plan in that file')
    .action((file: string | undefined, options: object, command: Command) =>
      run('plan', command, async (context) => (await import('../commands/plan.js')).plan(context, file, options)),
    );

  planOptions(
    on('recover').description('carry a plan out; without one: plan, show, ask').addArgument(incidentArgument()),
  )
    .option('--plan <file>', 'the plan to carry out')
    .option('-y, --yes', 'do not ask')
    .action((file: string | undefined, options: object, command: Command) =>
      run('recover', command, async (context) =>
        (await import('../commands/recover.js')).recover(context, file, options),
      ),
    );

  on('resume')
    .description('go on with an interrupted run')
    .argument('<run>', 'the run, such as r-7f3a91c2')
    .addOption(incidentOption())
    .action((runId: string, options: object, command: Command) =>
      run('resume', command, async (context) =>
        (await import('../commands/resume.js')).resume(context, runId, options),
      ),
    );

  on('verify')
    .description('derive the result of a run again, independently, and compare; or hold a report against its run')
    .argument('[run]', 'the run, such as r-7f3a91c2; with --report that of the report if not given')
    .option('--report <file>', 'what eventmend report wrote: is it as it was, and are run and inputs?')
    .option('--key <file>', 'the public key (ed25519, PEM) that the report is signed with')
    .addOption(incidentOption())
    .action((runId: string | undefined, options: VerifyOptions, command: Command) =>
      run('verify', command, async (context) =>
        (await import('../commands/verify.js')).verify(context, runId, options),
      ),
    );

  on('export')
    .description('write what a run recovered into a new file')
    .argument('<run>', 'the run, such as r-7f3a91c2')
    .addOption(
      new Option('--what <subject>', 'what to write').choices(['state', 'outputs', 'quarantined']).default('state'),
    )
    .addOption(new Option('--format <format>', 'by the ending of the file if not given').choices(formats))
    .requiredOption('--out <file>', 'the new file; never overwrites')
    .addOption(incidentOption())
    .action((runId: string, options: ExportOptions, command: Command) =>
      run('export', command, async (context) =>
        (await import('../commands/export.js')).exportRun(context, runId, options),
      ),
    );

  on('corrections')
    .description('what is owed to the receivers of the outputs; sends nothing')
    .argument('<run>', 'the run, such as r-7f3a91c2')
    .option('--out <file>', 'write all corrections into a new file; never overwrites')
    .addOption(new Option('--format <format>', 'by the ending of the file if not given').choices(formats))
    .option('--summary', 'what each key got wrong, instead of the first corrections')
    .option('--key <key>', 'only what concerns one key')
    .addOption(new Option('--reason <reasons...>', 'only those for these reasons').choices(correctionReasons))
    .addOption(incidentOption())
    .action((runId: string, options: CorrectionsOptions, command: Command) =>
      run('corrections', command, async (context) =>
        (await import('../commands/corrections.js')).corrections(context, runId, options),
      ),
    );

  addPublishCommand(program, dispatch);
  addMoveGroupCommand(program, dispatch);

  on('runs')
    .description('list the runs of an incident')
    .addArgument(incidentArgument())
    .option('--remove <run>', 'delete a run; its plan can then be carried out again')
    .action((file: string | undefined, options: object, command: Command) =>
      run('runs', command, async (context) => (await import('../commands/runs.js')).runs(context, file, options)),
    );

  addDrillCommand(program, dispatch);
  addCompareCommand(program, dispatch);
  addReportCommand(program, dispatch);
  addEstimateCommand(program, dispatch);
  addArchiveCommands(program, dispatch);
  addCheckpointCommands(program, dispatch);
  addFleetCommands(program, dispatch);
  addWorkerCommands(program, dispatch);
  return program;
}

/** For the help only: the command itself is added when it is called, since its package is not needed otherwise. */
export function describeCompletion(program: Command): void {
  program
    .command('completion')
    .description('print a completion script for a shell')
    .addArgument(new Argument('<shell>').choices(['zsh', 'bash', 'fish', 'powershell']));
}

function incidentArgument(): Argument {
  return new Argument('[incident]', 'the incident file; the only *.incident.yaml here if not given');
}

function incidentOption(): Option {
  return new Option('--incident <file>', 'the incident file of the run, if it is not in this folder');
}

function planOptions(command: Command): Command {
  return addLimitOptions(addScopeOptions(command))
    .option('--target-time <time>', 'stop at a moment, such as 2026-11-19T09:12:00Z')
    .option('--target-offsets <list>', 'stop at offsets, such as p0=1200,p1=900 (exclusive)')
    .option('--target-event <event>', 'stop behind an event, such as orders[3]@18204933')
    .addOption(new Option('--strategy <name>', 'auto if not given: the one that loses least').choices(strategyNames))
    .option('--accept-gaps', 'go on without events that are gone; the result is then incomplete')
    .option('--baseline <which>', 'auto, genesis, or the id of a proven or trusted snapshot');
}
