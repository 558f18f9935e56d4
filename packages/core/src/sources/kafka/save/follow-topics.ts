import { setTimeout as sleep } from 'node:timers/promises';
import { isRecoveryError } from '../../../model/errors/recovery-error.js';
import type { LongWork } from '../../../model/strategy/strategy.js';
import type { ArchiveWriter } from '../../archive/archive-writer.js';
import type { KafkaCluster } from '../cluster/kafka-cluster.js';
import type { PartitionReading } from '../read/read-partition.js';
import type { SchemaKeeping } from './collect-schemas-of-values.js';
import { topicWasRemade } from './refuse-another-topic.js';
import { savePartition } from './save-partition.js';
import { noteSaved, type SavedPartition } from './saved-partition.js';
import type { SaveRequest } from './save-request.js';
import { surveyTopics, type PartitionToSave, type TopicSurvey } from './survey-topics.js';

interface Following {
  readonly cluster: KafkaCluster;
  readonly writer: ArchiveWriter;
  readonly source: string;
  readonly request: SaveRequest;
  readonly schemas: SchemaKeeping | null;
  readonly readingOf: (partition: PartitionToSave) => PartitionReading;
  /** The topics as they were when the archive was gone on with. */
  readonly begun: TopicSurvey;
  /** Brought up to date in place, partition by partition. */
  readonly saved: SavedPartition[];
}

/** How often it is looked what is new, in milliseconds. */
const roundMs = 500;

/** How often settings and ages are asked for anew, in milliseconds. */
const surveyMs = 60_000;

/** How long a topic may be gone, in milliseconds. */
const goneMs = 60_000;

/**
 * Goes on with what is written, round by round, until it is stopped. Every round looks at the topics anew: a partition that
 * was added is saved from its beginning; a topic that was deleted and made again ends it, since it is another topic.
 */
export async function followTopics(following: Following, work: LongWork): Promise<void> {
  const { cluster, writer, source, request, schemas, readingOf, saved, begun } = following;
  let events = 0;
  let survey: TopicSurvey | null = null;
  let surveyedAt = -Infinity;
  let goneSince: number | null = null;
  let remade: string | undefined;
  const stopped = (): boolean => work.signal?.aborted === true;

  async function round(): Promise<void> {
    const before: TopicSurvey | null = performance.now() - surveyedAt < surveyMs ? survey : null;
    const { partitions } = (survey = await surveyTopics(cluster, request.topics, request.now(), before));
    if (before === null) surveyedAt = performance.now();
    remade = survey.topics.find(({ name, id }) =>
      begun.topics.some((topic) => topic.name === name && topic.id !== id),
    )?.name;
    if (remade !== undefined) throw topicWasRemade(writer.path, remade);
    let offsets = 0;
    for (const partition of partitions) {
      const reading = { ...readingOf(partition), transactionWaitMs: Infinity };
      const seen = await savePartition(
        {
          writer,
          source,
          schemas,
          partition: await visible(partition, reading),
          reading,
          waits: false,
          onSaved: () => undefined,
        },
        work,
      );
      events += seen.events;
      offsets += Math.max(0, partition.end - seen.to);
      noteSaved(saved, seen);
      if (stopped()) break;
    }
    request.onLag?.({ offsets, events });
  }

  while (!stopped()) {
    try {
      await round();
      goneSince = null;
    } catch (error) {
      // What came last and could not be kept is told; a question that the stop broke off is not.
      if (stopped() && !(isRecoveryError(error) && error.code === 'disk-write-failed')) return;
      // Between being deleted and being made again a topic is not there.
      if (
        remade !== undefined ||
        !isRecoveryError(error) ||
        !['log-changed', 'kafka-topic-not-found'].includes(error.code)
      )
        throw error;
      goneSince ??= performance.now();
      surveyedAt = -Infinity;
      if (performance.now() - goneSince > goneMs) throw error;
    }
    await sleep(roundMs, undefined, work.signal === undefined ? {} : { signal: work.signal }).catch(() => undefined);
  }
}

/** As far as it can be seen: an open transaction must not hold the other partitions up. */
async function visible(
  partition: PartitionToSave,
  { cluster, readCommitted }: PartitionReading,
): Promise<PartitionToSave> {
  if (!readCommitted) return partition;
  const ends = await cluster.offsets(partition.topic, [partition.partition], 'last-stable');
  return { ...partition, end: Math.min(partition.end, ends.get(partition.partition) ?? partition.end) };
}
