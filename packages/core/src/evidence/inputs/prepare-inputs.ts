import { mkdirSync } from 'node:fs';
import type { Position } from '../../model/position/position.js';
import type { RecordedOrder } from '../../sources/recorded-order/recorded-order.js';
import { comparePartitions } from '../../model/log/partition-id.js';
import { refuseTrustedBehindOnset } from '../proof/refuse-trusted-behind-onset.js';
import { snapshotCandidates, type SnapshotCandidates } from '../proof/snapshot-candidates.js';
import { requireMeasures } from '../totals/control-total.js';
import { requireLog, surveySurvivingLogs, type LogSurvey, type SurveyedPartition } from '../coverage/survey-logs.js';
import type { RecoveryInputs } from './recovery-inputs.js';
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
  const held = await surveySurvivingLogs(given, topics);
  const situation = await withUsableOrder(given, held, topics);
  const survey = withPartitionsBeyondLogs(held, await whereServiceStood(situation), {
    isRead: (topic) => isRead(topic, topics, given),
    named: topicsNamed(situation, topics),
  });
  const snapshots = await snapshotCandidates(situation.snapshots, survey);
  await refuseTrustedBehindOnset(situation, survey, snapshots);
  const recorded = await openRecorded(situation);
  const orderIsExplicit = given.order.by === 'field';
  return { situation, orderIsExplicit, facts, survey, snapshots, recorded, close: () => recorded?.close() };
}

/**
 * The same for what needs events that a log holds.
 * @throws RecoveryError `log-gap` where there is no log
 */
export async function prepareWithLog(inputs: RecoveryInputs): Promise<PreparedInputs> {
  const prepared = await prepareInputs(inputs);
  try {
    requireLog(prepared.survey);
    return prepared;
  } catch (error) {
    prepared.close();
    throw error;
  }
}

async function withTotalRows(inputs: RecoveryInputs): Promise<RecoveryInputs> {
  const { totals = [], totalRows = [] } = inputs;
  if (totalRows.length === 0) return inputs;
  const { readTotalRows } = await import('../totals/read-total-rows.js');
  return { ...inputs, totals: [...totals, ...(await Promise.all(totalRows.map(readTotalRows))).flat()] };
}

interface Positions {
  readonly live: readonly Position[];
  readonly snapshots: readonly Position[];
}

/** Where the live service and its snapshots stood, as they say themselves. */
async function whereServiceStood({ live, snapshots }: RecoveryInputs): Promise<Positions> {
  const positionsOf = async (source: RecoveryInputs['live']): Promise<readonly Position[]> =>
    source === null
      ? []
      : (await source.list()).snapshots.flatMap(({ position }) => (position === null ? [] : [position]));
  return { live: await positionsOf(live), snapshots: await positionsOf(snapshots) };
}

/** Topics that had events, as the worker says, or those whose records are to stand in for them. */
function topicsNamed({ records = [] }: RecoveryInputs, topics: readonly string[] = []): readonly string[] {
  return [...new Set([...topics, ...records.flatMap(({ event }) => (event === null ? [] : [event.topic]))])];
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
  const { rankByField } = await import('../order/rank-by-field.js');
  const ranked = await rankByField(situation.order, survey.logs, topics, situation.store);
  return ranked === null ? situation : { ...situation, order: ranked };
}

async function openRecorded(situation: RecoveryInputs): Promise<RecordedOrder | null> {
  if (situation.order.by !== 'recorded') return null;
  mkdirSync(situation.store, { recursive: true });
  const { file, index } = recordedOrderFiles(situation, situation.order.file);
  const { openRecordedOrder } = await import('../../sources/recorded-order/recorded-order.js');
  return openRecordedOrder(file, index);
}

/** Of a log that is gone, nobody may have said as much as the name of its topic. */
const namelessTopic = 'unknown';

/**
 * Adds the partitions that the service has read and that no log holds at all: without them a whole partition could be
 * missing and nothing would look like a gap. Where there is no log, its topics are lost to an end that only the live state can
 * tell, by its position.
 * @param isRead whether the worker reads events of a topic
 * @param named topics of which somebody says that they had events
 */
function withPartitionsBeyondLogs(
  survey: LogSurvey,
  { live, snapshots }: Positions,
  { isRead, named }: { readonly isRead: (topic: string) => boolean; readonly named: readonly string[] },
): LogSurvey {
  const [known] = survey.partitions;
  const isLogless = known === undefined;
  const nameOf = ({ topic, partition }: Pick<SurveyedPartition, 'topic' | 'partition'>): string =>
    JSON.stringify([topic, partition]);
  const ended = new Set(live.flat().map(nameOf));
  const added = new Map<string, SurveyedPartition>();
  for (const { source, topic, incarnation, partition, next } of [...live, ...snapshots].flat()) {
    if (!isRead(topic)) continue;
    if (survey.partitions.some((one) => one.topic === topic && one.partition === partition)) continue;
    const name = nameOf({ topic, partition });
    const read = isLogless && !ended.has(name) ? next + 1 : next;
    const end = Math.max(read, added.get(name)?.end ?? 0);
    const id = { source: source === '' ? (known?.source ?? '') : source, topic, incarnation, partition };
    const openEnd = isLogless && !ended.has(name) ? ({ openEnd: true } as const) : {};
    added.set(name, { ...id, beginning: 0, from: end, end, held: [], ...openEnd });
  }
  if (isLogless) {
    const told = new Set([...added.values()].map(({ topic }) => topic));
    const unknown = named.filter((topic) => !told.has(topic) && isRead(topic));
    for (const topic of told.size + unknown.length === 0 ? [namelessTopic] : unknown) {
      const id = { source: '', topic, incarnation: '', partition: 0 };
      added.set(nameOf(id), { ...id, beginning: 0, from: 1, end: 1, held: [], openEnd: true });
    }
  }
  if (added.size === 0) return survey;
  return { ...survey, partitions: [...survey.partitions, ...added.values()].sort(comparePartitions) };
}
