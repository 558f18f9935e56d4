import { Option, type Command } from 'commander';
import type { ArchiveImportOptions } from '../commands/archive-import.js';
import type { Dispatch } from './dispatch.js';

/** `eventmend archive …`: the database with the complete history of events. */
export function addArchiveCommands(program: Command, dispatch: Dispatch): void {
  const archive = program
    .command('archive')
    .description('keep the complete history of events: import, info, verify, export, rewrite');
  archive.helpOption('-h, --help', 'show help').helpCommand(false);
  const on = (name: string) => archive.command(name).helpOption('-h, --help', 'show help');

  on('import')
    .description('take NDJSON, CSV or Parquet files into an archive; again to go on after a stop')
    .argument('<files...>', 'the files; .gz and .zst are understood')
    .requiredOption('--into <archive>', 'the archive, new or old')
    .option('--incident <file>', 'take the mapping of an incident file')
    .option('--mapping <file>', 'a file with a mapping alone (YAML or JSON)')
    .option('--source <name>', 'name of the original log')
    .option('--topic <name>', 'the topic of all rows')
    .option('--key <column>', 'the column of the key')
    .option('--time <column>', 'the column of the time')
    .addOption(
      new Option('--time-unit <unit>', 'of a time that is a number').choices([
        'seconds',
        'milliseconds',
        'microseconds',
        'nanoseconds',
      ]),
    )
    .option('--time-zone <zone>', 'of times that name none, such as Europe/Berlin; UTC by default')
    .option('--partition <column>', 'the column of the partition, or one number for all')
    .option('--offset <column>', 'the column of the offset, or "assigned"')
    .option('--id <column>', 'the column of a business id')
    .addOption(
      new Option('--format <format>', 'by the ending of the files if not given').choices(['ndjson', 'csv', 'parquet']),
    )
    .addOption(
      new Option('--numbers <form>', 'numbers that a double cannot hold: an error, or texts').choices([
        'exact',
        'text',
      ]),
    )
    .option('--accept-falling-times', 'number offsets in this order of files although their times fall')
    .option('--seal', 'seal the archive afterwards: nothing can be added then')
    .action((files: string[], options: ArchiveImportOptions, command: Command) =>
      dispatch('archive import', command.optsWithGlobals(), async (context) =>
        (await import('../commands/archive-import.js')).archiveImport(context, files, options),
      ),
    );

  on('info')
    .description('what an archive holds')
    .argument('<archive>')
    .action((file: string, _: unknown, command: Command) =>
      dispatch('archive info', command.optsWithGlobals(), async (context) =>
        (await import('../commands/archive-info.js')).archiveInfo(context, file),
      ),
    );

  on('verify')
    .description('read all of an archive and check it against its hashes')
    .argument('<archive>')
    .action((file: string, _: unknown, command: Command) =>
      dispatch('archive verify', command.optsWithGlobals(), async (context) =>
        (await import('../commands/archive-verify.js')).archiveVerify(context, file),
      ),
    );

  on('export')
    .description('write all events of an archive as NDJSON')
    .argument('<archive>')
    .requiredOption('--out <file>', 'the new file (.gz compresses); never overwrites')
    .action((file: string, options: { out: string }, command: Command) =>
      dispatch('archive export', command.optsWithGlobals(), async (context) =>
        (await import('../commands/archive-export.js')).archiveExport(context, file, options),
      ),
    );

  on('rewrite')
    .description('write an archive anew in the newest format, smaller and faster to read; the old one stays')
    .argument('<archive>')
    .requiredOption('--into <archive>', 'the new archive; never overwrites')
    .action((file: string, options: { into: string }, command: Command) =>
      dispatch('archive rewrite', command.optsWithGlobals(), async (context) =>
        (await import('../commands/archive-rewrite.js')).archiveRewrite(context, file, options),
      ),
    );
}
