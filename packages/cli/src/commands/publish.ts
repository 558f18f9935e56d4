import { exitCodes, RecoveryError } from '@eventmend/core';
import type { PreparedPublication, PublicationReport, PublicationRequest } from '@eventmend/core/engine';
import { parseRate, publicationTarget, tableTarget, type Incident } from '@eventmend/core/incident';
import { publicationToJson } from '../documents/publication-to-json.js';
import type { CommandContext, CommandResult } from '../program/command-context.js';
import { exportState, runCommand } from '../program/commands-for.js';
import { locateRun } from '../program/locate-run.js';
import { withNext } from '../program/next-on-error.js';
import { renderPrepared, renderPublished } from '../render/render-publication.js';

export interface PublishCommandOptions {
  readonly corrections?: boolean;
  readonly rebuild?: string;
  readonly dryRun?: boolean;
  readonly canary?: string;
  readonly keys?: string;
  readonly maxRate?: string;
  readonly time?: 'publication' | 'original';
  readonly yes?: boolean;
  readonly plainKafkajs?: boolean;
  readonly incident?: string;
}

/** Sends what a verified run intends to an output topic, each exactly once, or goes on with that. */
export async function publish(
  context: CommandContext,
  runId: string,
  options: PublishCommandOptions,
): Promise<CommandResult> {
  const choice = choiceOf(options);
  const { incident } = await locateRun(runId, options.incident, context.cwd, context.engine);
  const rebuilt = options.rebuild ?? null;
  const table = tableTarget(incident, rebuilt);
  if (table !== null && options.plainKafkajs === true) {
    throw new RecoveryError('invalid-argument', `--plain-kafkajs is for topics, and ${table.table} is a table`, {
      hint: 'leave it away: a table is written by the transactions of its database',
    });
  }
  if (options.yes !== true && options.dryRun !== true && !context.terminal.interactive) {
    throw new RecoveryError(
      'confirmation-required',
      'publish asks before it sends, and there is no terminal to ask on',
      {
        hint: 'look with --dry-run first, then add --yes',
      },
    );
  }
  // What is owed is known without the log, so one that is gone by now does no harm.
  const open = await context.engine.openIncident(incident, { withoutLog: () => undefined });
  const progress = context.progress();
  const work = { onProgress: progress.report, signal: context.signal };
  let prepared: PreparedPublication | null = null;
  try {
    const { preparePublication, prepareTablePublication } = await context.engine.publication();
    const { readFaultsByEvent } = await context.engine.diagnosis();
    const request = { ...choice.request, now: Date.now() };
    const ports = { diagnosedFaults: readFaultsByEvent };
    prepared =
      table === null
        ? await preparePublication(
            open,
            runId,
            { ...request, target: publicationTarget(incident, open, rebuilt) },
            ports,
            work,
          )
        : await prepareTablePublication(open, runId, { ...request, target: table }, ports, work);
    progress.end();
    const again = commandOf(runId, options, incident, context.cwd);
    const style = context.terminal.outStyle;
    if (options.dryRun === true) {
      return {
        exitCode: exitCodes.ok,
        lines: [...renderPrepared(prepared, style), 'Nothing was sent.'],
        document: publicationToJson(prepared.seal, null, prepared.first),
        next: [again],
      };
    }
    context.say(renderPrepared(prepared, context.terminal.errStyle));
    const answer = options.yes === true || (await context.confirm(`Send this to ${prepared.seal.topic}?`));
    if (answer !== true) {
      return {
        exitCode: answer === null ? exitCodes.interrupted : exitCodes.ok,
        lines: ['Nothing was sent.'],
        document: publicationToJson(prepared.seal, null, prepared.first),
        next: [again],
      };
    }
    const report = await resumable(prepared.publish(choice.options, work), again);
    progress.end();
    return {
      exitCode: exitCodes.ok,
      lines: renderPublished(report, style),
      document: publicationToJson(prepared.seal, report, prepared.first),
      next: report.complete ? [exportState(runId, incident, context.cwd)] : [again],
    };
  } finally {
    progress.end();
    await prepared?.close();
    open.close();
  }
}

/** The same command goes on where the topic shows it to be. */
async function resumable(publishing: Promise<PublicationReport>, again: string): Promise<PublicationReport> {
  try {
    return await publishing;
  } catch (error) {
    throw error instanceof Error ? withNext(error, [again]) : error;
  }
}

function choiceOf({ corrections, rebuild, keys, canary, maxRate, time, plainKafkajs }: PublishCommandOptions): {
  readonly request: Pick<PublicationRequest, 'mode' | 'keys' | 'time' | 'plainKafkajs'>;
  readonly options: Parameters<PreparedPublication['publish']>[0];
} {
  if ((corrections === true) === (rebuild !== undefined)) {
    throw new RecoveryError('invalid-argument', 'publish needs one of --corrections and --rebuild TOPIC', {
      hint: '--corrections sends what is owed to the readers of the old topic; --rebuild puts all outputs into a new one',
    });
  }
  if (keys !== undefined && rebuild !== undefined) {
    throw new RecoveryError('invalid-argument', '--keys belongs to --corrections', {
      hint: 'a rebuilt topic holds the outputs in their order; publish a part of it first with --canary N',
    });
  }
  const chosen = keys?.split(',').filter((key) => key !== '');
  const first = canary === undefined ? undefined : Number(canary);
  if (first !== undefined && !(Number.isSafeInteger(first) && first > 0)) {
    throw new RecoveryError(
      'invalid-argument',
      `--canary needs a whole number above 0, not ${JSON.stringify(canary)}`,
      {
        hint: '--canary 10',
      },
    );
  }
  const rate = maxRate === undefined ? undefined : parseRate(maxRate);
  if (rate === null) {
    throw new RecoveryError('invalid-argument', `${JSON.stringify(maxRate)} is no rate`, {
      hint: '--max-rate "500 events/s" or --max-rate 5MB/s',
    });
  }
  return {
    request: {
      mode: rebuild === undefined ? 'corrections' : 'rebuild',
      ...(chosen !== undefined && { keys: chosen }),
      ...(time !== undefined && { time }),
      ...(plainKafkajs !== undefined && { plainKafkajs }),
    },
    options: {
      ...(first !== undefined && { canary: first }),
      ...(chosen !== undefined && { chosenOnly: true }),
      ...(rate !== undefined && { rate }),
    },
  };
}

/** The command that sends all of it, or goes on. */
function commandOf(runId: string, { rebuild, time }: PublishCommandOptions, incident: Incident, cwd: string): string {
  const mode = rebuild === undefined ? ['--corrections'] : ['--rebuild', rebuild];
  return runCommand('publish', runId, incident, cwd, ...mode, ...(time === undefined ? [] : ['--time', time]));
}
