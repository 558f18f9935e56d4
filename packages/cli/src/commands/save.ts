import { resolve } from 'node:path';
import { exitCodes, RecoveryError } from '@eventmend/core';
import type { KafkaLogSettings, SaveRequest } from '@eventmend/core/kafka';
import type { RegistrySettings } from '@eventmend/core/schemas';
import { parseRate } from '@eventmend/core/incident';
import type { CommandContext, CommandResult } from '../program/command-context.js';
import { connectionFrom, type ConnectionOptions } from '../program/connection-options.js';
import { incidentFrom, pathHere } from '../program/incident-argument.js';
import { renderLag, renderSaved, renderSurvey } from '../render/render-saved.js';
import { eventmendCommand } from '../terminal/shell-word.js';

export interface SaveOptions extends ConnectionOptions {
  readonly into?: string;
  readonly group?: readonly string[];
  readonly registry?: string;
  readonly isolation?: 'committed' | 'uncommitted';
  readonly maxRate?: string;
  readonly yieldTo?: string;
  readonly follow?: boolean;
}

/** Copies topics of a cluster into an archive, before retention takes them. The same command again goes on. */
export async function save(
  context: CommandContext,
  file: string | undefined,
  options: SaveOptions,
): Promise<CommandResult> {
  const { request, into, registry } = requestOf(context.cwd, file, options);
  const schemas = registry === null ? null : (await context.engine.schemas()).openSchemaRegistry(registry);
  const archive = resolve(context.cwd, into);
  const { saveTopics } = await context.engine.kafka();
  const progress = context.progress();
  try {
    const report = await saveTopics(
      {
        ...request,
        archive,
        ...(schemas !== null && { schemas }),
        now: Date.now,
        onSurvey: (survey) => context.say(renderSurvey(survey, context.terminal.errStyle)),
        onLag: (lag) => progress.status(renderLag(lag)),
      },
      { onProgress: progress.report, signal: context.signal },
    );
    progress.end();
    const { describeArchive } = await context.engine.archives();
    const held = describeArchive(archive);
    const shown = pathHere(archive, context.cwd);
    return {
      exitCode: exitCodes.ok,
      lines: renderSaved(report, held, shown, request.connection.brokers, context.terminal.outStyle),
      document: {
        archive,
        cluster: report.clusterId,
        digest: held.digest,
        stopped: report.stopped,
        missingSchemas: report.missingSchemas,
        topics: report.topics,
        partitions: report.partitions.map(({ keptUntil, dueWithinADay, low, to, ...partition }) => ({
          ...partition,
          to: String(to),
          oldestInKafka: String(low),
          keptUntil,
          dueWithinADay: dueWithinADay === null ? null : String(dueWithinADay),
        })),
        groups: report.groups.map(({ offsets, ...group }) => ({
          ...group,
          offsets: offsets?.map((offset) => ({ ...offset, next: String(offset.next) })) ?? null,
        })),
      },
      next: [eventmendCommand('archive', 'verify', shown)],
    };
  } finally {
    progress.end();
  }
}

interface ResolvedSave {
  readonly request: Omit<SaveRequest, 'archive' | 'now'>;
  readonly into: string;
  readonly registry: RegistrySettings | null;
}

/** From the options, a connection file, or an incident; the options win. */
function requestOf(cwd: string, file: string | undefined, options: SaveOptions): ResolvedSave {
  const { topic, into, group, isolation, maxRate, yieldTo, follow } = options;
  const given = connectionFrom(options, cwd);
  const known: Known = given === null ? fromIncident(cwd, file) : { ...given.settings, archive: null, registry: null };
  const topics = topic ?? known.topics;
  const [first] = topics;
  if (first === undefined)
    throw misused('save needs to know what: --topic NAME', 'name input and output topics: --topic orders payments');
  const rate = maxRate === undefined ? known.rate : parseRate(maxRate);
  if (rate === null) throw misused(`--max-rate ${String(maxRate)} is no rate`, 'such as 20MB/s or 5000 events/s');
  const chosen = isolation ?? known.isolation;
  return {
    registry: options.registry === undefined ? known.registry : { url: options.registry },
    into: into ?? known.archive ?? `${first}.archive`,
    request: {
      connection: known.connection,
      topics,
      ...(chosen !== undefined && { isolation: chosen }),
      ...(known.source !== undefined && { source: known.source }),
      ...(group !== undefined && { groups: group }),
      ...(rate !== undefined && { rate }),
      ...(yieldTo !== undefined && { yieldTo: { group: yieldTo, topics } }),
      ...(follow !== undefined && { follow }),
      ...(known.transactionWaitMs !== undefined && { transactionWaitMs: known.transactionWaitMs }),
    },
  };
}

type Known = KafkaLogSettings & { readonly archive: string | null; readonly registry: RegistrySettings | null };

function fromIncident(cwd: string, file: string | undefined): Known {
  const { log } = incidentFrom(file, cwd);
  if (log.kafka === null) {
    throw new RecoveryError('invalid-configuration', 'the incident names no Kafka cluster to save from', {
      hint: 'add log.kafka to it, or name a cluster: eventmend save --brokers HOST:PORT --topic NAME',
    });
  }
  return { ...log.kafka, archive: log.archives[0] ?? null, registry: log.schemas?.registry ?? null };
}

function misused(message: string, hint: string): RecoveryError {
  return new RecoveryError('invalid-argument', message, { hint });
}
