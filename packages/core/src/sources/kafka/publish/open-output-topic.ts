import { isRecoveryError, RecoveryError } from '../../../model/errors/recovery-error.js';
import { connectCluster } from '../cluster/connect-cluster.js';
import type { KafkaCluster, OffsetAt } from '../cluster/kafka-cluster.js';
import type { KafkaSettings } from '../connection/kafka-settings.js';
import { defaultPatienceMs, withPatience } from '../cluster/patience.js';
import { awaitStable } from '../read/await-stable.js';
import { openTransaction } from '../read/open-transaction.js';
import { noPace } from '../read/read-pace.js';
import { readRecords } from '../read/read-partition.js';
import { openKafkajsTransactionClient } from './kafkajs-session.js';
import type { OutputPartition } from './output-topic.js';
import { openTransactionClient } from './transaction-client.js';

export interface OutputTopicSettings {
  readonly connection: KafkaSettings;
  readonly topic: string;
  /** How long to wait for another producer's open transaction, in milliseconds; 30,000 by default. */
  readonly transactionWaitMs?: number;
  /** How long a transaction of ours may be open, in milliseconds; 60,000 by default. */
  readonly transactionTimeoutMs?: number;
  /** Writes through kafkajs' own producer. */
  readonly plainKafkajs?: boolean;
}

/** A topic to publish to. Opening it writes nothing. */
export interface OutputTopic {
  readonly location: string;
  readonly clusterId: string;
  readonly name: string;
  /** 32 hexadecimal digits; '' where the cluster does not tell topics of one name apart. */
  readonly id: string;
  /** Sorted. */
  readonly partitions: readonly number[];
  /** By name; null where the user may not see them. */
  readonly settings: Readonly<Record<string, string>> | null;
  /** The settings of the topic in which the cluster keeps its transactions; null where it has none that the user may see. */
  transactionSettings(): Promise<Readonly<Record<string, string>> | null>;
  /** The oldest offset of a partition. */
  beginning(partition: number): Promise<number>;
  /**
   * Asks for the rights that publishing needs, before anything is written: to read the topic, and to write to each of its
   * partitions in the transaction of that partition.
   * @throws RecoveryError `kafka-permission-denied` for the first that is missing, `kafka-unreachable`
   */
  checkRights(transactionalIdOf: (partition: number) => string): Promise<void>;
  /** @param transactionalId what publishers of the same records share, and nobody else has. To be closed. */
  partition(partition: number, transactionalId: string): OutputPartition & { close(): Promise<void> };
  close(): Promise<void>;
}

const defaultTransactionWaitMs = 30_000;
const fetchBytes = 1024 * 1024;
/** Kafka's own name for it; clusters of other makers may have none. */
const transactionTopic = '__transaction_state';

/**
 * Connects to the cluster of an output topic and looks at it.
 * @throws RecoveryError `kafka-topic-not-found`, `kafka-unreachable`, `kafka-tls-failed`, `kafka-authentication-failed`,
 *   `kafka-permission-denied`
 */
export async function openOutputTopic(request: OutputTopicSettings): Promise<OutputTopic> {
  const { connection, topic: name, transactionWaitMs = defaultTransactionWaitMs } = request;
  const cluster = await connectCluster(connection);
  try {
    const { clusterId, topics } = await cluster.describeTopics([name]);
    const { id = '', partitions = [] } = topics[0] ?? {};
    const reading = { cluster, topicId: id, transactionWaitMs, retention: null, fetchBytes, pace: noPace };
    const limits = request.transactionTimeoutMs === undefined ? {} : { timeoutMs: request.transactionTimeoutMs };
    return {
      ...{ location: cluster.location, clusterId, name, id, partitions },
      settings: await cluster.topicSettings(name),
      transactionSettings: () => settingsIfSeen(cluster, transactionTopic),
      beginning: async (partition) => (await cluster.offsets(name, [partition], 'earliest')).get(partition) ?? 0,
      async checkRights(transactionalIdOf) {
        for (const partition of partitions.slice(0, 1))
          await checkReading(cluster, { topic: name, topicId: id, partition });
        const client = openTransactionClient(connection);
        try {
          for (const partition of partitions) {
            const place = { topic: name, partition, transactionalId: transactionalIdOf(partition) };
            await withPatience(
              () => client.checkRights(place),
              () => Promise.resolve(),
              defaultPatienceMs,
              new AbortController().signal,
            );
          }
        } finally {
          await client.close();
        }
      },
      partition(partition, transactionalId) {
        const client =
          request.plainKafkajs === true
            ? openKafkajsTransactionClient(connection, limits)
            : openTransactionClient(connection, limits);
        return {
          fence: () => client.fence({ topic: name, partition, transactionalId }),
          async isHeldBack() {
            const ask = async (at: OffsetAt): Promise<number> =>
              (await cluster.offsets(name, [partition], at)).get(partition) ?? 0;
            const high = await ask('high-watermark');
            return (await ask('last-stable')) < high;
          },
          stableEnd: () => stableEnd(cluster, name, partition, transactionWaitMs),
          read: ({ from, to, committed }) =>
            readRecords(
              { ...reading, readCommitted: committed },
              {
                ...{ source: '', topic: name, incarnation: id, partition, from, to },
                onHole({ from: first, reason }) {
                  if (reason === 'missing') throw recordsMissing(name, partition, first);
                },
              },
            ),
          close: () => client.close(),
        };
      },
      close: () => cluster.close(),
    };
  } catch (error) {
    await cluster.close();
    throw error;
  }
}

async function settingsIfSeen(cluster: KafkaCluster, topic: string): Promise<Readonly<Record<string, string>> | null> {
  try {
    return await cluster.topicSettings(topic);
  } catch (error) {
    if (isRecoveryError(error) && error.code === 'kafka-topic-not-found') return null;
    throw error;
  }
}

/** An empty topic is not read before something is written to it, so a record is asked for. */
async function checkReading(
  cluster: KafkaCluster,
  place: { readonly topic: string; readonly topicId: string; readonly partition: number },
): Promise<void> {
  const offset = (await cluster.offsets(place.topic, [place.partition], 'high-watermark')).get(place.partition) ?? 0;
  await cluster.fetch({ ...place, offset, readCommitted: true, maxBytes: 1, maxWaitMs: 0 });
}

async function stableEnd(
  cluster: KafkaCluster,
  topic: string,
  partition: number,
  transactionWaitMs: number,
): Promise<number> {
  const { end, heldBack } = await awaitStable(
    { cluster, readCommitted: true, transactionWaitMs },
    { topic, partition },
  );
  if (heldBack === null) return end;
  throw await openTransaction(cluster, { topic, partition }, { from: end, to: heldBack.to });
}

/** A topic that loses records cannot show what was published. */
function recordsMissing(topic: string, partition: number, offset: number): RecoveryError {
  return new RecoveryError('log-changed', `${topic}[${partition}]: the record at offset ${offset} is gone`, {
    hint: 'was the topic compacted or cut meanwhile? What was published cannot be told then, and nothing more is',
    details: { topic, partition, offset: String(offset) },
  });
}
