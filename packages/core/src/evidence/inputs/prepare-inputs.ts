import { mkdirSync } from 'node:fs';
import type { Position } from '../../model/position/position.js';
import { openRecordedOrder, type RecordedOrder } from '../../sources/recorded-order/recorded-order.js';
import { comparePartitions } from '../../model/log/partition-id.js';
import { refuseTrustedBehindOnset } from '../proof/refuse-trusted-behind-onset.js';
import { snapshotCandidates, type SnapshotCandidates } from '../proof/snapshot-candidates.js';
import { readTotalRows } from '../totals/read-total-rows.js';
import { requireMeasures } from '../totals/control-total.js';
import { surveyLogs, type LogSurvey, type SurveyedPartition } from '../coverage/survey-logs.js';
import type { RecoveryInputs } from './recovery-inputs.js';
import { rankByField } from '../order/rank-by-field.js';
import { recordedOrderFiles } from './locate-replay.js';
import { inspectWorker, type WorkerFacts } from './inspect-worker.js';

/** Everything about a situation that is known without replaying an event. */
export interface PreparedInputs {
  readonly situation: RecoveryInputs;
  /**
   * The events themselves say the order over the partitions, so that the service had to keep it. Still true where that order
   * became a recorded one, because no double holds what the events say.
   */
  readonly orderIsExplicit: boolean;
  readonly facts: WorkerFacts;
  readonly survey: LogSurvey;
  readonly snapshots: SnapshotCandidates;
  readonly recorded: RecordedOrder | null;
  close(): void;
}

/** @throws RecoveryError `trusted-behind-onset` for a snapshot that is trusted on one word only; what opening throws */
export async function prepareInputs(inputs: RecoveryInputs): Promise<PreparedInputs> {
  const facts = await inspectWorker(inputs);
  const given = await withTotalRows(inputs);
  const { topics } = facts.worker;
  requireMeasures(given.totals ?? [], facts.worker);
  const held = await surveyLogs(given, topics);
  const situation = await withUsableOrder(given, held, topics);
  const survey = withPartitionsBeyondLogs(held, await positionsOf(situation), (topic) => isRead(topic, topics, given));
  const snapshots = await snapshotCandidates(situation.snapshots, survey);
  await refuseTrustedBehindOnset(situation, survey, snapshots);
  const recorded = await openRecorded(situation);
  const orderIsExplicit = given.order.by === 'field';
  return { situation, orderIsExplicit, facts, survey, snapshots, recorded, close: () => recorded?.close() };
}

async function withTotalRows(inputs: RecoveryInputs): Promise<RecoveryInputs> {
  const { totals = [], totalRows = [] } = inputs;
  if (totalRows.length === 0) return inputs;
  return { ...inputs, totals: [...totals, ...(await Promise.all(totalRows.map(readTotalRows))).flat()] };
}

/** Where the live service and its snapshots stood, as they say themselves. */
async function positionsOf({ live, snapshots }: RecoveryInputs): Promise<readonly Position[]> {
  const described = [];
  for (const source of [live, snapshots]) if (source !== null) described.push(...(await source.list()).snapshots);
  return described.flatMap(({ position }) => (position === null ? [] : [position]));
}

/** @param topics that the worker reads; all where it does not say */
function isRead(
  topic: string,
  topics: readonly string[] | undefined,
  { deliveries = [] }: Pick<RecoveryInputs, 'deliveries'>,
): boolean {
  return topics?.includes(topic) !== false && !deliveries.some((delivery) => delivery.topic === topic);
}

/** An explicit order that is no number, or not one that a double holds, becomes a recorded one. */
async function withUsableOrder(
  situation: RecoveryInputs,
  survey: LogSurvey,
  topics: readonly string[] | undefined,
): Promise<RecoveryInputs> {
  if (situation.order.by !== 'field') return situation;
  const ranked = await rankByField(situation.order, survey.logs, topics, situation.store);
  return ranked === null ? situation : { ...situation, order: ranked };
}

async function openRecorded(situation: RecoveryInputs): Promise<RecordedOrder | null> {
  if (situation.order.by !== 'recorded') return null;
  mkdirSync(situation.store, { recursive: true });
  const { file, index } = recordedOrderFiles(situation, situation.order.file);
  return openRecordedOrder(file, index);
}

/**
 * Adds the partitions that the service has read and that no log holds at all: without them a whole partition could be
 * missing and nothing would look like a gap.
 * @param read positions of the live state and of snapshots
 * @param isRead whether the worker reads events of a topic
 */
function withPartitionsBeyondLogs(
  survey: LogSurvey,
  read: readonly Position[],
  isRead: (topic: string) => boolean,
): LogSurvey {
  const added = new Map<string, SurveyedPartition>();
  const [known] = survey.partitions;
  for (const { source, topic, incarnation, partition, next } of read.flat()) {
    if (!isRead(topic)) continue;
    if (survey.partitions.some((one) => one.topic === topic && one.partition === partition)) continue;
    const name = JSON.stringify([topic, partition]);
    const end = Math.max(next, added.get(name)?.end ?? 0);
    const id = { source: source === '' ? (known?.source ?? '') : source, topic, incarnation, partition };
    added.set(name, { ...id, beginning: 0, from: end, end, held: [] });
  }
  if (added.size === 0) return survey;
  return { ...survey, partitions: [...survey.partitions, ...added.values()].sort(comparePartitions) };
}
