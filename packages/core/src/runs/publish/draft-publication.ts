import { RecoveryError } from '../../model/errors/recovery-error.js';
import type { LongWork } from '../../model/strategy/strategy.js';
import type { RecoveryInputs } from '../../evidence/inputs/recovery-inputs.js';
import type { OutputTopic } from '../../sources/kafka/publish/open-output-topic.js';
import type { OutputPartition } from '../../sources/kafka/publish/output-topic.js';
import { correctionsOfRun } from '../corrections/corrections-of-run.js';
import { openRunCatalogue, type LaneOutputs } from '../sqlite/run-catalogue.js';
import { choosePartitioner } from './choose-partitioner.js';
import { correctionRows } from './correction-rows.js';
import { headerOf, mappedHeaders } from './mapped-headers.js';
import type { LeftAlone, OutboxSeal } from './outbox.js';
import type { OutboxDraft } from './outbox-file.js';
import { checkSurvey, maxBatchBytesOf, strangeCorrections } from './preflight.js';
import { shownRows, undeclaredOutputs } from './publication-refusals.js';
import type { PublicationRequest } from './publication-request.js';
import type { PublicationRow } from './publication-row.js';
import type { PublicationTarget } from './publication-target.js';
import type { PublicationWarning } from './publication-warning.js';
import { rebuildRows, type RebuildCounts } from './rebuild-rows.js';
import { sealGoldenList } from './seal-golden-list.js';
import { RowSealer } from './seal-rows.js';
import { jsonValues, schemaValues, type ValueEncoder } from './value-encoder.js';
import { surveyTopic, type TopicSurvey } from './survey-topic.js';

/** What a diagnosis and others add, as for `correctionsOfRun`. */
export type CorrectionPorts = NonNullable<Parameters<typeof correctionsOfRun>[2]>;

export interface DraftRequest {
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

/**
 * Puts what is to be published into a draft: a diff against what was recorded up to ends of the topic that are taken first.
 * @throws RecoveryError `publication-refused`, what comparing the outputs throws
 */
export async function draftPublication(given: DraftRequest) {
  const { runId, planId, request, topic, base, draft, work } = given;
  const { mode, target, now, time = 'publication' } = request;
  // The ends come first: what is recorded behind them belongs to neither side of the diff, and is looked at when publishing.
  const partitions = await recordedEnds(topic);
  const survey = await surveyTopic(partitions, { base, outputHeader: headerOf(target.mapping?.output) }, work.signal);
  checkSurvey(survey, topic, request);
  const { schemas = null } = target;
  const encode = schemas === null ? jsonValues : await schemaValues(schemas, survey.schemas, topic.name);
  const { partitionOf, partitioner, warnings } = choosePartitioner(survey, topic);
  const settings = {
    ...{ base, topic: topic.name, partitionOf, sealedAt: now, time },
    partitions: partitions.map(({ partition, end }) => ({ partition, start: end })),
    maxBatchBytes: maxBatchBytesOf(topic.settings),
  };
  const first: PublicationRow[] = [];
  const rowsOf = mode === 'rebuild' ? rebuild : corrections;
  const sealer = new RowSealer(draft, settings);
  const made = await rowsOf(given, survey, partitions, encode, sealer, first);
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
    ...sealer.end(),
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
  sealer: RowSealer,
  first: PublicationRow[],
): Promise<Made> {
  const catalogue = openRunCatalogue(inputs.store);
  const plan = catalogue.plan(runId);
  const outputs = catalogue.openOutputs(runId);
  const counts = { effects: 0, undeclared: 0, elsewhere: 0 };
  const { mapping } = request.target;
  try {
    const source = {
      runId,
      worker: plan.worker.name,
      headers: mappedHeaders(mapping),
      only: onlyOf(mapping),
    };
    const rows = (counted: RebuildCounts) =>
      rebuildRows({ ...source, encode, outputs: inTurn(outputs.lanes, (lane) => lane.read()) }, counted);
    if (encode === jsonValues) {
      noteFirst(rows({ ...counts }), first);
      sealGoldenList(sealer, { ...source, chunks: inTurn(outputs.lanes, (lane) => lane.readCut()) }, counts);
    } else sealRows(sealer, noting(rows(counts), first));
    if (counts.undeclared > 0) throw undeclaredOutputs(runId, counts.undeclared);
    const fromBaseline = plan.baseline.some(({ source }) => source.kind !== 'genesis');
    return {
      ...{ chosen: null, warnings: fromBaseline ? [{ kind: 'begins-at-baseline' }] : [] },
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
  sealer: RowSealer,
  first: PublicationRow[],
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
      sealRows(sealer, noting(correctionRows({ ...source, published: survey.corrections, keysFirst }, counts), first));
      if (counts.publishedBefore < survey.corrections.size) {
        throw strangeCorrections(topic.name, survey.corrections.size - counts.publishedBefore);
      }
      const { chosen, ...left } = counts;
      const unknown = Object.values(found.counts.unknown).reduce((sum, count) => sum + count, 0);
      return {
        ...{ chosen: keysFirst === null ? null : { keys: [...keysFirst].sort(), rows: chosen }, warnings: [] },
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

/** The name of the outputs that a topic holds, where it holds those of one name only. */
function onlyOf(mapping: PublicationTarget['mapping']): string | null {
  return mapping !== null && 'constant' in mapping.output ? mapping.output.constant : null;
}

function* inTurn<Item>(lanes: readonly LaneOutputs[], read: (lane: LaneOutputs) => Iterable<Item>): Iterable<Item> {
  for (const lane of lanes) yield* read(lane);
}

/** The first rows, to be shown. */
function noteFirst(rows: Iterable<PublicationRow>, first: PublicationRow[]): void {
  for (const row of rows) if (first.push(row) === shownRows) return;
}

function sealRows(sealer: RowSealer, rows: Iterable<PublicationRow>): void {
  for (const row of rows) sealer.add(row);
}

function* noting(rows: Iterable<PublicationRow>, first: PublicationRow[]): Iterable<PublicationRow> {
  for (const row of rows) {
    if (first.length < shownRows) first.push(row);
    yield row;
  }
}
