import { comparePartitions } from '../../../model/log/partition-id.js';
import { RecoveryError } from '../../../model/errors/recovery-error.js';
import type { EventLog, LogDescription, PartitionDescription, ReadRequest } from '../../../model/log/event-log.js';
import { connectCluster } from '../cluster/connect-cluster.js';
import type { DescribedTopic, KafkaCluster } from '../cluster/kafka-cluster.js';
import type { KafkaSettings } from '../connection/kafka-settings.js';
import { describePartition } from './describe-partition.js';
import { readPartition, type PartitionReading } from '../read/read-partition.js';
import { retentionRuleOf, type RetentionRule } from '../retention/retention-rule.js';
import { fetchBytesWithin, noPace, paceOf, type RateLimit } from '../read/read-pace.js';
import { moduleBeside } from '../../log/module-beside.js';

/** What a Kafka log is opened with; plain JSON, so that a thread can be given it. Secrets are named, not held. */
export interface KafkaLogSettings {
  readonly connection: KafkaSettings;
  /** At least one. */
  readonly topics: readonly string[];
  /** `committed` by default: events of transactions that are undone, or not decided yet, are not seen. */
  readonly isolation?: 'committed' | 'uncommitted';
  /** Name of the original log in every event's identity; the cluster's id by default. */
  readonly source?: string;
  /** How fast to read at most; as fast as it goes by default. */
  readonly rate?: RateLimit;
  /**
   * About the size of one answer of a broker, in bytes. Two a partition are held in memory: by default 1 MiB, and less
   * where there are more than 32 partitions, so that all of them together are 64 MiB.
   */
  readonly fetchBytes?: number;
  /** How long to wait for a transaction that holds a partition back, in milliseconds; 30,000 by default. */
  readonly transactionWaitMs?: number;
  /** How long brokers may be away before that is an error, in milliseconds; 60,000 by default. */
  readonly patienceMs?: number;
  /** `keep`: batches that cannot be read are damaged holes. `refuse`, the default: the first of them is an error. */
  readonly damage?: 'refuse' | 'keep';
  /** Reads through kafkajs' own requests and decoder: slower, and without checksums. */
  readonly plainKafkajs?: boolean;
}

/** Topics of a Kafka cluster as an event log: read without a group, and without writing anything to the cluster. */
export interface KafkaLog extends EventLog {
  readonly cluster: KafkaCluster;
  describe(): Promise<LogDescription>;
}

/** The module that opens such a log from its settings. */
export const kafkaLogModule = moduleBeside(import.meta.url, 'kafka-log-module');

export const defaultFetchBytes = 1024 * 1024;

/** All partitions may be read at once, each with two answers in memory: so much for all of them together, in bytes. */
const answersBytes = 64 * 1024 * 1024;
const leastFetchBytes = 128 * 1024;

export const defaultTransactionWaitMs = 30_000;

/**
 * Connects to a cluster and looks at the topics.
 * @throws RecoveryError `kafka-unreachable`, `kafka-tls-failed`, `kafka-authentication-failed`,
 *   `kafka-permission-denied`, `kafka-topic-not-found`
 */
export async function openKafkaLog(settings: KafkaLogSettings): Promise<KafkaLog> {
  const cluster = await connectCluster(settings.connection, {
    ...(settings.patienceMs !== undefined && { patienceMs: settings.patienceMs }),
    ...(settings.plainKafkajs !== undefined && { plainKafkajs: settings.plainKafkajs }),
  });
  try {
    return await openOn(cluster, settings);
  } catch (error) {
    await cluster.close();
    throw error;
  }
}

async function openOn(cluster: KafkaCluster, settings: KafkaLogSettings): Promise<KafkaLog> {
  const opened = await cluster.describeTopics(settings.topics);
  const source = settings.source ?? opened.clusterId;
  if (source === '') throw noSource(cluster.location);
  const pace = settings.rate === undefined ? noPace : paceOf(settings.rate, null);
  const readCommitted = settings.isolation !== 'uncommitted';
  const rules = new Map<string, RetentionRule | null>();
  for (const { name } of opened.topics) rules.set(name, retentionRuleOf(await cluster.topicSettings(name)));

  const partitions = opened.topics.reduce((sum, topic) => sum + topic.partitions.length, 0);
  const share = Math.max(leastFetchBytes, Math.floor(answersBytes / (2 * Math.max(1, partitions))));
  const fetchBytes = settings.fetchBytes ?? Math.min(defaultFetchBytes, share);

  const readingOf = (topic: DescribedTopic): PartitionReading => ({
    cluster,
    topicId: topic.id,
    readCommitted,
    retention: rules.get(topic.name) ?? null,
    fetchBytes: fetchBytesWithin(settings.rate, fetchBytes),
    transactionWaitMs: settings.transactionWaitMs ?? defaultTransactionWaitMs,
    pace,
    ...(settings.damage !== undefined && { damage: settings.damage }),
  });

  async function describeTopic(topic: DescribedTopic): Promise<readonly PartitionDescription[]> {
    const reading = readingOf(topic);
    // Together: each may wait for a transaction of its own.
    return Promise.all(
      topic.partitions.map((partition) =>
        describePartition(reading, { source, topic: topic.name, incarnation: topic.id, partition }),
      ),
    );
  }

  return {
    cluster,
    async describe() {
      const { topics } = await cluster.describeTopics(settings.topics);
      const partitions = (await Promise.all(topics.map(describeTopic))).flat();
      return {
        kind: 'kafka',
        location: cluster.location,
        partitions: partitions.sort(comparePartitions),
        fingerprint: topics
          .map(({ name, id }) => `${name}:${id}`)
          .sort()
          .join(' '),
      };
    },
    read(request: ReadRequest) {
      // The id that the events were planned with: where another topic has taken the name, the broker refuses it.
      const topic = { name: request.topic, id: request.incarnation, partitions: [] };
      return readPartition(readingOf(topic), request);
    },
    locator: { module: kafkaLogModule, options: settings },
    close: () => void cluster.close(),
  };
}

function noSource(location: string): RecoveryError {
  return new RecoveryError('kafka-incompatible', `${location}: the cluster has no id`, {
    hint: 'give the log a name of your own: "source" of the Kafka log in the incident',
  });
}
