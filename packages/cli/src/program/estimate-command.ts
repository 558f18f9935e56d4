import { Option, type Command } from 'commander';
import type { EstimateCommandOptions } from '../commands/estimate.js';
import type { Dispatch } from './dispatch.js';
import { addMoneyOptions } from './money-options.js';

/** `eventmend estimate`: what a gap in a table of numbers came to. */
export function addEstimateCommand(program: Command, dispatch: Dispatch): void {
  const command = program
    .command('estimate')
    .helpOption('-h, --help', 'show help')
    .description('estimate a gap in a table of numbers, with an interval, or say why not')
    .argument('<file>', 'CSV, NDJSON or Parquet; .gz and .zst are understood')
    .requiredOption('--time <column>', 'the column of the time')
    .option('--value <column>', 'the column of the values; without it rows are counted')
    .requiredOption('--from <time>', 'where the gap begins, such as 2026-11-03 or 2026-11-03T09:00')
    .requiredOption('--to <time>', 'where it ends; this moment is not part of it')
    .option('--by <column>', 'a column of keys: each is estimated, and their sum')
    .addOption(
      new Option('--measure <kind>', 'what a value is; sum if not given').choices(['count', 'sum', 'level', 'counter']),
    )
    .addOption(
      new Option('--rows <kind>', 'a row is the value of a slot, or one event of many').choices(['slots', 'events']),
    )
    .addOption(new Option('--step <step>', 'of the grid; found if not given').choices(['hour', 'day', 'week', 'month']))
    .option('--zone <zone>', 'whose clocks and days count, such as Europe/Berlin; UTC by default')
    .option('--season <slots>', 'after how many slots the pattern repeats; 1 for no season')
    .option('--holidays <dates>', 'such as 2026-12-25,2026-12-26: they are like Sundays')
    .addOption(
      new Option('--target <what>', 'what the method is chosen on; total, or end for a level').choices([
        'total',
        'path',
        'end',
      ]),
    )
    .option('--covariate <file>', 'a table of another system, which knows the gap too')
    .option('--covariate-time <column>', 'its column of the time, if it has another name')
    .option('--covariate-value <column>', 'its column of the values, if it has another name')
    .option('--demand-changed', 'the incident changed the demand itself: only a covariate can tell then')
    .option('--max-width <percent>', 'refuse where 90 % needs more than this on either side, such as 10 %')
    .option('--time-form <form>', 'of times that are not in ISO form, such as DD.MM.YYYY')
    .addOption(
      new Option('--time-unit <unit>', 'of a time that is a number').choices([
        'seconds',
        'milliseconds',
        'microseconds',
        'nanoseconds',
      ]),
    )
    .addOption(new Option('--decimal <sign>', 'what stands before a fraction').choices(['point', 'comma']))
    .option('--thousands <sign>', 'what stands between thousands')
    .option('--delimiter <sign>', 'between the fields of a CSV file')
    .addOption(
      new Option('--format <format>', 'by the ending of the file if not given').choices(['ndjson', 'csv', 'parquet']),
    )
    .option('--svg <file>', 'draw history, gap and estimate into a new file; never overwrites');
  addMoneyOptions(command).action((file: string, options: EstimateCommandOptions, asked: Command) =>
    dispatch('estimate', asked.optsWithGlobals(), async (context) =>
      (await import('../commands/estimate.js')).estimate(context, file, options),
    ),
  );
}
