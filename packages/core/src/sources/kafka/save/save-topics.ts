import { RecoveryError } from '../../../model/errors/recovery-error.js';
import type { LongWork } from '../../../model/strategy/strategy.js';
import { createArchiveWriter, type ArchiveWriter } from '../../archive/archive-writer.js';
import { connectCluster } from '../cluster/connect-cluster.js';
import { outOfRange } from '../cluster/kafka-failures.js';
import type { KafkaCluster } from '../cluster/kafka-cluster.js';
import { defaultFetchBytes, defaultTransactionWaitMs } from '../log/open-kafka-log.js';
import { fetchBytesWithin, noPace, paceOf } from '../read/read-pace.js';
import type { PartitionReading } from '../read/read-partition.js';
import { keepSchemas } from './collect-schemas-of-values.js';
import { followTopics } from './follow-topics.js';
import { yieldToGroup } from './live-group.js';
import { mostEndangeredFirst, surveyTopics, type PartitionToSave, type TopicSurvey } from './survey-topics.js';
import { refuseAnotherTopic } from './refuse-another-topic.js';
import { savePartition } from './save-partition.js';
import type { SaveRequest } from './save-request.js';
import { noteSaved, type SavedPartition } from './saved-partition.js';
import { requireSameIsolation, writeClusterMetadata, type SavedGroup } from './cluster-metadata.js';

export interface SaveReport {
  readonly archive: string;
  readonly clusterId: string;
  readonly topics: TopicSurvey['topics'];
  /** The most endangered first. */
  readonly partitions: readonly SavedPartition[];
  readonly groups: readonly SavedGroup[];
  /** Numbers that values name and the registry does not know. */
  readonly missingSchemas: readonly number[];
  /** Stopped while it followed: what is committed is safe, and the same command goes on. */
  readonly stopped: boolean;
}

/**
 * Copies topics into an archive as they are: bytes of keys and values, headers, times and who set them, what
 * transactions and compaction left out, the settings of the topics and the offsets of groups. The oldest and most
 * endangered come first. Joins no group and writes nothing to the cluster. How far it has come is in the transaction of
 * the events, so that the same call goes on after a crash.
 * @throws RecoveryError one of the Kafka codes for the cluster, `conflicting-events` when the archive holds other
 *   events at an offset, `locked-by-another-process`, `disk-write-failed`, `operation-not-allowed` for the archive,
 *   `interrupted` when it was stopped before it was done
 */
export async function saveTopics(request: SaveRequest, work: LongWork = {}): Promise<SaveReport> {
  const cluster = await connectCluster(
    request.connection,
    request.patienceMs === undefined ? {} : { patienceMs: request.patienceMs },
  );
  // A wait for a transaction, a group, a rate or a broker ends with the cluster, and what has come is kept.
  const stop = (): void => void cluster.close();
  work.signal?.addEventListener('abort', stop, { once: true });
  try {
    return await orStopped(saveFrom(cluster, request, work), work.signal);
  } catch (error) {
    throw work.signal?.aborted === true ? interrupted(request.archive) : error;
  } finally {
    work.signal?.removeEventListener('abort', stop);
    // kafkajs ends connections in its own time; whoever stopped does not wait for that either.
    const closed = cluster.close();
    if (work.signal?.aborted !== true) await closed;
  }
}

async function saveFrom(cluster: KafkaCluster, request: SaveRequest, work: LongWork): Promise<SaveReport> {
  const survey = await surveyTopics(cluster, request.topics, request.now());
  const source = request.source ?? survey.clusterId;
  refuseAnotherTopic(request.archive, source, survey);
  const writer = createArchiveWriter(request.archive, { source });
  try {
    return await saveSurveyed(cluster, writer, source, survey, request, work);
  } finally {
    writer.close();
  }
}

/** How long a stop waits for what has come to be committed, in milliseconds. */
const stopMs = 500;

/**
 * Most waits end with the signal. Some are inside of kafkajs or of a registry's connection and cannot be ended: whoever
 * stopped does not wait for them. What they bring later is thrown away; commits are transactions, so nothing is torn.
 */
async function orStopped<Result>(saving: Promise<Result>, signal: AbortSignal | undefined): Promise<Result> {
  if (signal === undefined) return saving;
  let timer: NodeJS.Timeout | undefined;
  let giveUp: () => void = () => undefined;
  const stopped = new Promise<never>((_resolve, reject) => {
    giveUp = () => (timer = setTimeout(() => reject(signal.reason as Error), stopMs));
    if (signal.aborted) giveUp();
    else signal.addEventListener('abort', giveUp, { once: true });
  });
  try {
    return await Promise.race([saving, stopped]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', giveUp);
    saving.catch(() => undefined);
  }
}

async function saveSurveyed(
  cluster: KafkaCluster,
  writer: ArchiveWriter,
  source: string,
  survey: TopicSurvey,
  request: SaveRequest,
  work: LongWork,
): Promise<SaveReport> {
  request.onSurvey?.({ ...survey, partitions: mostEndangeredFirst(survey.partitions) });
  const pace =
    request.rate === undefined && request.yieldTo === undefined
      ? noPace
      : paceOf(
          request.rate ?? {},
          request.yieldTo === undefined ? null : yieldToGroup(cluster, request.yieldTo, work.signal),
          work.signal,
        );
  const readingOf = ({ topicId, rule }: PartitionToSave): PartitionReading => ({
    cluster,
    topicId,
    readCommitted: request.isolation !== 'uncommitted',
    retention: rule,
    fetchBytes: fetchBytesWithin(request.rate, request.fetchBytes ?? defaultFetchBytes),
    transactionWaitMs: request.transactionWaitMs ?? defaultTransactionWaitMs,
    pace,
  });
  requireSameIsolation(writer, request.isolation ?? 'committed');
  const schemas = request.schemas === undefined ? null : keepSchemas(writer, request.schemas);
  const groups = await writeClusterMetadata(cluster, writer, survey, request.groups ?? [], request.now());
  const ordered = mostEndangeredFirst(survey.partitions);
  for (const partition of ordered) requireNotCut(writer, source, partition);
  const total = ordered.reduce((sum, partition) => sum + partition.end - startOf(writer, source, partition), 0);
  let done = 0;
  const saved: SavedPartition[] = [];
  const onSaved = (offsets: number): void => {
    done += offsets;
    work.onProgress?.({ phase: 'save', done: Math.min(done, total), total, quarantined: 0 });
  };
  // First all that can be seen of every partition; an open transaction is waited for only when nothing else is left to save.
  for (const waits of [false, true]) {
    for (const partition of ordered) {
      if (waits && reached(saved, partition)) continue;
      const reading = readingOf(partition);
      noteSaved(saved, await savePartition({ writer, source, schemas, partition, reading, waits, onSaved }, work));
      if (work.signal?.aborted === true) throw interrupted(request.archive);
    }
  }
  writer.commit();
  const stopped = request.follow === true;
  if (stopped) await followTopics({ cluster, writer, source, request, schemas, readingOf, saved, begun: survey }, work);
  return {
    archive: request.archive,
    clusterId: survey.clusterId,
    topics: survey.topics,
    partitions: saved,
    groups,
    missingSchemas: [...(schemas?.missing.keys() ?? [])],
    stopped,
  };
}

function reached(saved: readonly SavedPartition[], { topic, partition, end }: PartitionToSave): boolean {
  return saved.some((one) => one.topic === topic && one.partition === partition && one.to >= end);
}

/**
 * @throws RecoveryError `log-changed` where the cluster ends before the archive: what it writes next would be other
 *   events there
 */
function requireNotCut(writer: ArchiveWriter, source: string, partition: PartitionToSave): void {
  const { topic, topicId, partition: number, low, end } = partition;
  const { next } = writer.partition({ source, topic, incarnation: topicId, partition: number });
  if (next > end) throw outOfRange(partition, next, { from: low, to: end });
}

function startOf(writer: ArchiveWriter, source: string, { topic, topicId, partition, low }: PartitionToSave): number {
  return Math.max(low, writer.partition({ source, topic, incarnation: topicId, partition }).next);
}

function interrupted(archive: string): RecoveryError {
  return new RecoveryError('interrupted', 'stopped cleanly; what has been saved is safe', {
    hint: 'the same command goes on where this one was stopped',
    details: { archive },
  });
}
