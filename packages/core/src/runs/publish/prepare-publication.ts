import { hash as hashOnce } from 'node:crypto';
import { RecoveryError } from '../../model/errors/recovery-error.js';
import type { LongWork } from '../../model/strategy/strategy.js';
import type { RecoveryInputs } from '../../evidence/inputs/recovery-inputs.js';
import { partitionOfKey } from '../../sources/rows/murmur2.js';
import { openOutputTopic, type OutputTopic } from '../../sources/kafka/publish/open-output-topic.js';
import type { OutputPartition } from '../../sources/kafka/publish/output-topic.js';
import { correctionsOfRun } from '../corrections/corrections-of-run.js';
import { openRunCatalogue } from '../sqlite/run-catalogue.js';
import { runFiles } from '../sqlite/run-folder.js';
import { lockRun } from '../sqlite/run-lock.js';
import { correctionRows } from './correction-rows.js';
import { headerOf, mappedHeaders } from './mapped-headers.js';
import type { LeftAlone, OutboxSeal, PublicationMode, PublicationTime } from './outbox.js';
import { draftOutbox, openOutbox, publicationFiles, type Outbox, type OutboxDraft } from './outbox-file.js';
import { checkRun, checkTopic, maxBatchBytesOf } from './preflight.js';
import type { PublicationWarning } from './publication-warning.js';
import { checkMapping, type PublicationTarget } from './publication-target.js';
import { refuseOtherChoices, shownRows, undeclaredOutputs } from './publication-refusals.js';
import type { PublicationRow } from './publication-row.js';
import { publishOutbox, type PublishOptions, type PublicationReport } from './publish-outbox.js';
import { rebuildRows } from './rebuild-rows.js';
import { sealRows, type SealedRows } from './seal-rows.js';
import { surveyTopic, type TopicSurvey } from './survey-topic.js';
import { jsonValues, schemaValues, type ValueEncoder } from './value-encoder.js';

export interface PublicationRequest {
  readonly mode: PublicationMode;
  readonly target: PublicationTarget;
  /** `publication` by default. */
  readonly time?: PublicationTime;
  /** Corrections of these keys come first, and a publication with `chosenOnly` ends behind them. */
  readonly keys?: readonly string[];
  /** The time now, in milliseconds since 1970: that of the records, and nothing else depends on it. */
  readonly now: number;
  /** Writes through kafkajs' own producer. */
  readonly plainKafkajs?: boolean;
  /** How long a transaction may be open, in milliseconds; a minute by default. */
  readonly transactionTimeoutMs?: number;
}

/** What a diagnosis and others add, as for `correctionsOfRun`. */
type CorrectionPorts = NonNullable<Parameters<typeof correctionsOfRun>[2]>;

/** A publication that may begin, or go on. Nothing was written to the topic yet. The run is locked until it is closed. */
export interface PreparedPublication {
  /** What is, or would be, sealed. */
  readonly seal: Omit<OutboxSeal, 'chain'>;
  /** It was sealed before: nothing about it can be chosen any more. */
  readonly sealedBefore: boolean;
  /** The first few rows; none where it was sealed before. */
  readonly first: readonly PublicationRow[];
  /** Seals what is not sealed yet, and publishes it. May be called once. */
  publish(options: PublishOptions, work?: LongWork): Promise<PublicationReport>;
  close(): Promise<void>;
}

/**
 * Makes the publication of a run ready: looks at the run and at the topic, and puts together what is to be sent, by a diff
 * against what was recorded up to ends of the topic that are taken first. What was sealed once is gone on with.
 * @throws RecoveryError `publication-refused`, `locked-by-another-process`, `invalid-argument`, what opening the topic and
 *   comparing the outputs throws
 */
export async function preparePublication(
  inputs: RecoveryInputs,
  runId: string,
  request: PublicationRequest,
  ports: CorrectionPorts = {},
  work: LongWork = {},
): Promise<PreparedPublication> {
  const { store } = inputs;
  const report = openRunCatalogue(store).report(runId);
  if (report === null) {
    throw new RecoveryError('operation-not-allowed', `run ${runId} has not ended`, {
      hint: `eventmend resume ${runId}`,
    });
  }
  const warnings = [...checkRun(report, request.mode)];
  checkMapping(request.target.mapping);
  const lock = lockRun(runFiles(store, runId).lock, runId);
  let topic: OutputTopic | null = null;
  try {
    const { connection, topic: name } = request.target;
    topic = await openOutputTopic({
      ...{ connection, topic: name },
      ...(request.plainKafkajs !== undefined && { plainKafkajs: request.plainKafkajs }),
      ...(request.transactionTimeoutMs !== undefined && { transactionTimeoutMs: request.transactionTimeoutMs }),
    });
    warnings.push(...checkTopic(name, topic.settings, request.time ?? 'publication'));
    const base = baseOf(report.planId, request.mode, topic);
    const files = publicationFiles(store, runId, base);
    const sealed = openOutbox(files.outbox);
    if (sealed !== null) {
      refuseOtherChoices(sealed.seal, request);
      return preparedOf({ topic, lock, files, sealed, first: [] });
    }
    const draft = draftOutbox(files.outbox);
    try {
      const drafted = await draftRows({
        inputs,
        runId,
        planId: report.planId,
        request,
        topic,
        base,
        draft,
        warnings,
        ports,
        work,
      });
      return preparedOf({ topic, lock, files, draft, ...drafted });
    } catch (error) {
      draft.close();
      throw error;
    }
  } catch (error) {
    await topic?.close();
    lock.release();
    throw error;
  }
}

/** The same for one run, one mode and one topic, whoever publishes it: so that two of them fence each other. */
function baseOf(planId: string, mode: PublicationMode, topic: OutputTopic): string {
  return hashOnce('sha256', JSON.stringify(['publication', planId, mode, topic.clusterId, topic.name, topic.id])).slice(
    0,
    16,
  );
}

interface Parts {
  readonly topic: OutputTopic;
  readonly lock: { release(): void };
  readonly files: { readonly outbox: string; readonly report: string };
  readonly first: readonly PublicationRow[];
}

function preparedOf(
  parts: Parts &
    ({ readonly sealed: Outbox } | { readonly draft: OutboxDraft; readonly seal: Omit<OutboxSeal, 'chain'> }),
): PreparedPublication {
  const { topic, lock, files, first } = parts;
  let outbox = 'sealed' in parts ? parts.sealed : null;
  return {
    seal: 'sealed' in parts ? parts.sealed.seal : parts.seal,
    sealedBefore: outbox !== null,
    first,
    async publish(options, work = {}) {
      if (outbox === null && 'draft' in parts) {
        parts.draft.seal(parts.seal);
        parts.draft.close();
        outbox = openOutbox(files.outbox);
      }
      if (outbox === null) throw new Error('the outbox is not sealed');
      return publishOutbox(outbox, topic, files.report, options, work);
    },
    async close() {
      outbox?.close();
      if ('draft' in parts) parts.draft.close();
      await topic.close();
      lock.release();
    },
  };
}

interface DraftRequest {
  readonly inputs: RecoveryInputs;
  readonly runId: string;
  readonly planId: string;
  readonly request: PublicationRequest;
  readonly topic: OutputTopic;
  readonly base: string;
  readonly draft: OutboxDraft;
  readonly warnings: readonly PublicationWarning[];
  readonly ports: CorrectionPorts;
  readonly work: LongWork;
}

async function draftRows(given: DraftRequest) {
  const { runId, planId, request, topic, base, draft, work } = given;
  const { mode, target, now, time = 'publication' } = request;
  // The ends come first: what is recorded behind them belongs to neither side of the diff, and is looked at when publishing.
  const partitions = await recordedEnds(topic);
  const survey = await surveyTopic(partitions, { base, outputHeader: headerOf(target.mapping?.output) }, work.signal);
  checkSurvey(survey, topic, request);
  const { schemas = null } = target;
  const encode = schemas === null ? jsonValues : await schemaValues(schemas, survey.schemas, topic.name);
  const { partitionOf, partitioner, warnings } = partitionerOf(survey, topic);
  const settings = {
    ...{ base, topic: topic.name, partitionOf, sealedAt: now, time },
    partitions: partitions.map(({ partition, end }) => ({ partition, start: end })),
    maxBatchBytes: maxBatchBytesOf(topic.settings),
  };
  const first: PublicationRow[] = [];
  const rowsOf = mode === 'rebuild' ? rebuild : corrections;
  const made = await rowsOf(given, survey, partitions, encode, (rows) =>
    sealRows(draft, settings, noting(rows, first)),
  );
  const seal: Omit<OutboxSeal, 'chain'> = {
    ...{
      format_version: 1,
      runId,
      planId,
      mode,
      clusterId: topic.clusterId,
      topic: topic.name,
      topicId: topic.id,
      base,
    },
    ...made.sealed,
    ...{
      chosen: made.chosen,
      leftAlone: made.leftAlone,
      partitioner,
      outputHeader: headerOf(target.mapping?.output),
      sealedAt: now,
      time,
    },
    warnings: [...given.warnings, ...warnings, ...made.warnings],
  };
  return { seal, first };
}

interface Made {
  readonly sealed: SealedRows;
  readonly chosen: OutboxSeal['chosen'];
  readonly leftAlone: LeftAlone;
  readonly warnings: readonly PublicationWarning[];
}

type Ends = readonly { readonly partition: number; readonly from: number; readonly end: number }[];

async function rebuild(
  { inputs, runId, request }: DraftRequest,
  _: TopicSurvey,
  __: Ends,
  encode: ValueEncoder,
  seal: (rows: Iterable<PublicationRow>) => SealedRows,
): Promise<Made> {
  const catalogue = openRunCatalogue(inputs.store);
  const plan = catalogue.plan(runId);
  const outputs = catalogue.openOutputs(runId);
  const counts = { effects: 0, undeclared: 0, elsewhere: 0 };
  const { mapping } = request.target;
  try {
    const golden = function* () {
      for (const lane of outputs.lanes) yield* lane.read();
    };
    const sealed = seal(
      rebuildRows(
        {
          runId,
          worker: plan.worker.name,
          outputs: golden(),
          headers: mappedHeaders(mapping),
          encode,
          only: onlyOf(mapping),
        },
        counts,
      ),
    );
    if (counts.undeclared > 0) throw undeclaredOutputs(runId, counts.undeclared);
    const fromBaseline = plan.baseline.some(({ source }) => source.kind !== 'genesis');
    return {
      ...{ sealed, chosen: null, warnings: fromBaseline ? [{ kind: 'begins-at-baseline' }] : [] },
      leftAlone: { ...counts, notRetractable: 0, unknown: 0, superseded: 0, publishedBefore: 0 },
    };
  } finally {
    outputs.close();
  }
}

async function corrections(
  { inputs, runId, request, topic, ports, work }: DraftRequest,
  survey: TopicSurvey,
  ends: Ends,
  encode: ValueEncoder,
  seal: (rows: Iterable<PublicationRow>) => SealedRows,
): Promise<Made> {
  const { recordedUpTo, mapping } = request.target;
  if (recordedUpTo === null) {
    throw new RecoveryError('publication-refused', 'the incident names no output topic under live.outputs.kafka', {
      hint: 'corrections are what is owed to those who read a topic: name it there; or rebuild into a new one with --rebuild TOPIC',
    });
  }
  const recorded = await recordedUpTo({
    [topic.name]: Object.fromEntries(ends.map(({ partition, end }) => [partition, end])),
  });
  try {
    const found = await correctionsOfRun({ ...inputs, recordedOutputs: recorded }, runId, ports, work);
    try {
      const keysFirst = request.keys === undefined ? null : new Set(request.keys);
      const counts = { effects: 0, undeclared: 0, notRetractable: 0, elsewhere: 0, publishedBefore: 0, chosen: 0 };
      const source = {
        runId,
        corrections: () => found.list(),
        headers: mappedHeaders(mapping),
        encode,
        only: onlyOf(mapping),
      };
      const sealed = seal(correctionRows({ ...source, published: survey.corrections, keysFirst }, counts));
      if (counts.publishedBefore < survey.corrections.size) {
        throw strangeCorrections(topic.name, survey.corrections.size - counts.publishedBefore);
      }
      const { chosen, ...left } = counts;
      const unknown = Object.values(found.counts.unknown).reduce((sum, count) => sum + count, 0);
      return {
        ...{ sealed, chosen: keysFirst === null ? null : { keys: [...keysFirst].sort(), rows: chosen }, warnings: [] },
        leftAlone: { ...left, unknown, superseded: found.counts.superseded },
      };
    } finally {
      found.close();
    }
  } finally {
    recorded.close();
  }
}

async function recordedEnds(topic: OutputTopic): Promise<
  readonly {
    readonly partition: number;
    readonly from: number;
    readonly end: number;
    readonly access: OutputPartition;
  }[]
> {
  return Promise.all(
    topic.partitions.map(async (partition) => {
      // Only read here: without a fence there is no session, and no transactional id is used.
      const access = topic.partition(partition, 'eventmend-reader');
      const from = await topic.beginning(partition);
      return { partition, from, end: Math.max(from, await access.stableEnd()), access };
    }),
  );
}

function checkSurvey({ records, ofThis }: TopicSurvey, { name }: OutputTopic, { mode }: PublicationRequest): void {
  if (ofThis > 0) {
    throw new RecoveryError(
      'publication-refused',
      `${name} holds ${ofThis} records of this very publication, and its outbox is gone`,
      { hint: 'put back the folder of the run as it was when it was published, then run the same command again' },
    );
  }
  if (mode === 'rebuild' && records > 0) {
    throw new RecoveryError(
      'publication-refused',
      `${name} holds ${records} records already: a rebuilt topic begins empty`,
      {
        hint: 'make a new topic with as many partitions as the old one, and name that',
      },
    );
  }
}

function partitionerOf(survey: TopicSurvey, topic: OutputTopic) {
  const count = topic.partitions.length;
  const { agreeing, deviating, deviatingKeys } = survey;
  if (deviating === 0) {
    const unconfirmed: readonly PublicationWarning[] = agreeing === 0 ? [{ kind: 'partitioner-unconfirmed' }] : [];
    return {
      partitioner: 'murmur2' as const,
      warnings: unconfirmed,
      partitionOf: (key: string) => partitionOfKey(key, count),
    };
  }
  return {
    partitioner: 'recorded' as const,
    warnings: [{ kind: 'partitioner-deviates', keys: deviating, first: deviatingKeys } as const],
    partitionOf: (key: string) => survey.partitionOf(key) ?? refusePartition(topic.name, key),
  };
}

function refusePartition(topic: string, key: string): never {
  throw new RecoveryError(
    'publication-refused',
    `the records of ${topic} do not stand where Kafka's own partitioner puts their keys, and those of key ${JSON.stringify(key)} stand in no partition or in several`,
    {
      hint: 'which partition its readers expect cannot be told; publish into a new topic with --rebuild',
      details: { key },
    },
  );
}

/** The name of the outputs that a topic holds, where it holds those of one name only. */
function onlyOf(mapping: PublicationTarget['mapping']): string | null {
  return mapping !== null && 'constant' in mapping.output ? mapping.output.constant : null;
}

function strangeCorrections(topic: string, count: number): RecoveryError {
  return new RecoveryError(
    'publication-refused',
    `${topic} holds ${count} corrections of an earlier run that this run does not make: what its readers were told cannot be put right by adding to it`,
    { hint: 'look at them (header eventmend-correction), or rebuild into a new topic with --rebuild' },
  );
}

function* noting(rows: Iterable<PublicationRow>, first: PublicationRow[]): Iterable<PublicationRow> {
  for (const row of rows) {
    if (first.length < shownRows) first.push(row);
    yield row;
  }
}
