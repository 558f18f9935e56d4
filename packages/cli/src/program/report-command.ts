import { type Command, Option } from 'commander';
import type { ReportOptions } from '../commands/report.js';
import type { Dispatch } from './dispatch.js';

export function addReportCommand(program: Command, dispatch: Dispatch): void {
  program
    .command('report')
    .description('one page about a run, for now and for the post-mortem')
    .argument('<run>', 'the run, such as r-7f3a91c2')
    .option('--out <file>', 'the new file; RUN.report.html here if not given')
    .addOption(
      new Option('--format <format>', 'by the ending of the file if not given').choices(['html', 'markdown', 'json']),
    )
    .option('--force', 'replace the file if it is there')
    .option('--keys <file>', 'all keys into another new file: .ndjson, .csv or .sqlite')
    .option('--sign <key.pem>', 'sign it with a private key of yours (ed25519)')
    .option('--open', 'open it in the browser, on a terminal')
    .addOption(new Option('--incident <file>', 'the incident file of the run, if it is not in this folder'))
    .helpOption('-h, --help', 'show help')
    .action((runId: string, options: ReportOptions, command: Command) =>
      dispatch('report', command.optsWithGlobals(), async (context) =>
        (await import('../commands/report.js')).report(context, runId, options),
      ),
    );
}
