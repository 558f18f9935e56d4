import { setTimeout as sleep } from 'node:timers/promises';
import { RecoveryError } from '../../../model/errors/recovery-error.js';
import { connectCluster } from '../cluster/connect-cluster.js';
import type { DescribedTopic, GroupOffset } from '../cluster/kafka-cluster.js';
import { explainKafkaError } from '../connection/explain-kafka-error.js';
import { createKafkaClient } from '../connection/kafka-client.js';
import type { KafkaSettings } from '../connection/kafka-settings.js';
import { connectBroker } from '../kafkajs/broker-connections.js';
import type { KafkajsBroker } from '../kafkajs/kafkajs-types.js';
import { createKafkajsCluster, protocolError, sendRawRequest } from '../kafkajs/private-members.js';
import { offsetDeleteRequest } from '../protocol/offset-delete-request.js';

/** A consumer group from outside: it is never joined. To be closed. */
export interface ConsumerGroup {
  readonly name: string;
  readonly topics: readonly DescribedTopic[];
  /** How many consumers are in it at the moment, as far as the broker tells. */
  members(): Promise<number>;
  /** What it has committed of the topics; a partition without is left out. */
  offsets(): Promise<readonly GroupOffset[]>;
  /** From where to where offsets of a partition lie. */
  range(topic: string, partition: number): Promise<{ readonly from: number; readonly end: number }>;
  /**
   * Writes where the group goes on, all at once; the brokers refuse it while the group has members.
   * @throws RecoveryError `group-refused`, `kafka-permission-denied`
   */
  commit(offsets: readonly GroupOffset[]): Promise<void>;
  /** Forgets what it committed of these partitions. @throws as `commit` */
  forget(partitions: readonly Pick<GroupOffset, 'topic' | 'partition'>[]): Promise<void>;
  close(): Promise<void>;
}

const patienceMs = 20_000;
const pauseMs = 100;
const groupCoordinator = 0;

/** These say that nothing was done, and to ask again. */
const notReady: ReadonlySet<string> = new Set([
  'GROUP_COORDINATOR_NOT_AVAILABLE',
  'GROUP_LOAD_IN_PROGRESS',
  'NOT_COORDINATOR_FOR_GROUP',
]);
/** What a coordinator says to whoever is no member of a group that has some. */
const hasMembers: ReadonlySet<string> = new Set([
  'UNKNOWN_MEMBER_ID',
  'ILLEGAL_GENERATION',
  'REBALANCE_IN_PROGRESS',
  'STALE_MEMBER_EPOCH',
  'NON_EMPTY_GROUP',
  'GROUP_SUBSCRIBED_TO_TOPIC',
]);
/** Later than kafkajs knows. */
const laterErrors: Readonly<Record<number, string>> = { 86: 'GROUP_SUBSCRIBED_TO_TOPIC', 113: 'STALE_MEMBER_EPOCH' };
const noSuchGroup = 69;

/** @throws RecoveryError `kafka-topic-not-found`, `kafka-unreachable`, `kafka-permission-denied` and what connecting throws */
export async function openConsumerGroup(
  settings: KafkaSettings,
  name: string,
  topics: readonly string[],
): Promise<ConsumerGroup> {
  const reading = await connectCluster(settings);
  const kafka = createKafkaClient(settings, { retries: 2 });
  const cluster = createKafkajsCluster(kafka);
  const told = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      if (hasMembers.has(typeOf(error))) throw groupHasMembers(name, error);
      throw explainKafkaError(error, {
        brokers: settings.brokers,
        settings,
        group: name,
        verb: 'group',
        operation: 'Read',
      });
    }
  };

  async function atCoordinator<Answer>(ask: (coordinator: KafkajsBroker) => Promise<Answer>): Promise<Answer> {
    const started = performance.now();
    for (;;) {
      try {
        await cluster.connect();
        const coordinator = await cluster.findGroupCoordinator({ groupId: name, coordinatorType: groupCoordinator });
        await connectBroker(coordinator);
        return await ask(coordinator);
      } catch (error) {
        if (!notReady.has(typeOf(error)) || performance.now() - started > patienceMs) throw error;
        await sleep(pauseMs);
      }
    }
  }

  try {
    const { topics: described } = await reading.describeTopics(topics);
    return {
      name,
      topics: described,
      members: () =>
        told(async () => {
          const admin = kafka.admin();
          try {
            await admin.connect();
            const { groups } = await admin.describeGroups([name]);
            return groups[0]?.members.length ?? 0;
          } finally {
            await admin.disconnect().catch(() => undefined);
          }
        }),
      offsets: () => told(() => reading.groupOffsets(name, topics)),
      async range(topic, partition) {
        const [earliest, latest] = await Promise.all([
          reading.offsets(topic, [partition], 'earliest'),
          reading.offsets(topic, [partition], 'high-watermark'),
        ]);
        return { from: earliest.get(partition) ?? 0, end: latest.get(partition) ?? 0 };
      },
      async commit(offsets) {
        if (offsets.length === 0) return;
        await told(() =>
          atCoordinator((coordinator) =>
            coordinator.offsetCommit({
              ...{ groupId: name, groupGenerationId: -1, memberId: '', retentionTime: '-1' },
              topics: topics.flatMap((topic) => {
                const own = offsets.filter((one) => one.topic === topic);
                const partitions = own.map(({ partition, next }) => ({ partition, offset: String(next) }));
                return own.length === 0 ? [] : [{ topic, partitions }];
              }),
            }),
          ),
        );
      },
      async forget(partitions) {
        if (partitions.length === 0) return;
        await told(() =>
          atCoordinator(async (coordinator) => {
            const { errorCodes } = await sendRawRequest(coordinator, offsetDeleteRequest(name, partitions));
            const failed = errorCodes.find((code) => code !== 0 && code !== noSuchGroup);
            if (failed === undefined) return;
            const later = laterErrors[failed];
            throw later === undefined ? protocolError(failed) : Object.assign(new Error(later), { type: later });
          }),
        );
      },
      async close() {
        await cluster.disconnect().catch(() => undefined);
        await reading.close();
      },
    };
  } catch (error) {
    await reading.close();
    throw error;
  }
}

export function groupHasMembers(name: string, cause?: unknown): RecoveryError {
  return new RecoveryError('group-refused', `consumers are in the group ${name}: where it goes on is theirs to say`, {
    hint: 'stop the workers first; a consumer that died leaves the group when its session times out',
    details: { group: name },
    ...(cause !== undefined && { cause }),
  });
}

function typeOf(error: unknown): string {
  const { type, cause } = (error ?? {}) as { readonly type?: unknown; readonly cause?: unknown };
  return typeof type === 'string' ? type : cause === undefined || cause === error ? '' : typeOf(cause);
}
