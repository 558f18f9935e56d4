import { setTimeout as sleep } from 'node:timers/promises';
import { PassingFailure } from '../cluster/patience.js';
import { createKafkaClient } from '../connection/kafka-client.js';
import type { KafkaSettings } from '../connection/kafka-settings.js';
import { stampBatch, type WrittenBatch } from '../batches/batch-writer.js';
import { breakConnections, connectBroker } from '../kafkajs/broker-connections.js';
import type { KafkajsBroker } from '../kafkajs/kafkajs-types.js';
import { createKafkajsCluster, protocolError, sendRawRequest } from '../kafkajs/private-members.js';
import { produceRequest } from '../protocol/produce-request.js';
import type { PublishingSession } from './output-topic.js';
import { sessionFailure, type PublishingPlace } from './session-failure.js';

/** How long a transaction may stay open before the broker undoes it, in milliseconds. */
export const transactionTimeoutMs = 60_000;

/** How long the coordinator of transactions may not be ready, in milliseconds: that of a fresh broker loads its log first. */
const coordinatorPatienceMs = 30_000;
const pauseMs = 10;

/** How many batches may be under way at once: brokers keep the last five of a producer to tell a repetition by. */
const inFlight = 4;

const transactionCoordinator = 1;
const kafkajsRetries = 2;
const greatestSequence = 2 ** 31;

/** These say that nothing was done, and to ask again. */
const notReadyTypes: ReadonlySet<string> = new Set([
  'GROUP_COORDINATOR_NOT_AVAILABLE',
  'GROUP_LOAD_IN_PROGRESS',
  'NOT_COORDINATOR_FOR_GROUP',
  'CONCURRENT_TRANSACTIONS',
]);

/** Where a transaction of ours writes, and under which id. */
export interface TransactionPlace {
  readonly topic: string;
  readonly partition: number;
  readonly transactionalId: string;
}

/** Writes to partitions in transactions: kafkajs' connections, and sequence numbers of our own. */
export interface TransactionClient {
  fence(place: TransactionPlace): Promise<PublishingSession>;
  close(): Promise<void>;
}

/** The producer of nobody. */
const nobody = { producerId: '-1', producerEpoch: -1 };

/** What a coordinator says of a producer that it does not know, when it has looked at the rights of who asks. */
const unknownProducerTypes: ReadonlySet<string> = new Set(['INVALID_PRODUCER_ID_MAPPING', 'INVALID_PRODUCER_EPOCH']);

/** @throws RecoveryError as `createKafkaClient`; nothing is connected yet */
export function openTransactionClient(
  settings: KafkaSettings,
  limits: { readonly timeoutMs?: number } = {},
): TransactionClient & {
  /**
   * Whether the user may write to a partition in a transaction of this id. The question is put for a producer that there is
   * not, so that the answer changes nothing.
   * @throws RecoveryError `kafka-permission-denied`; else what `fence` throws
   */
  checkRights(place: TransactionPlace): Promise<void>;
} {
  const cluster = createKafkajsCluster(createKafkaClient(settings, { retries: kafkajsRetries }));
  const timeoutMs = limits.timeoutMs ?? transactionTimeoutMs;
  let metadataIsOld = false;

  async function leaderOf({ topic, partition }: PublishingPlace): Promise<KafkajsBroker> {
    await cluster.connect();
    await cluster.addMultipleTargetTopics([topic]);
    if (metadataIsOld) await cluster.refreshMetadata();
    metadataIsOld = false;
    const found = cluster.findTopicPartitionMetadata(topic).find(({ partitionId }) => partitionId === partition);
    if (found === undefined || found.leader < 0) throw new PassingFailure(`${topic}[${partition}] has no leader`);
    const broker = await cluster.findBroker({ nodeId: found.leader });
    await connectBroker(broker);
    return broker;
  }

  async function coordinatorOf(transactionalId: string): Promise<KafkajsBroker> {
    await cluster.connect();
    const asked = { groupId: transactionalId, coordinatorType: transactionCoordinator };
    try {
      const broker = await cluster.findGroupCoordinator(asked);
      await connectBroker(broker);
      return broker;
    } catch (error) {
      // kafkajs says only that it has found none; a broker says why, a missing right above all.
      if ((error as Error).name === 'KafkaJSGroupCoordinatorNotFound') {
        await cluster.brokerPool.seedBroker?.findGroupCoordinator(asked);
      }
      throw error;
    }
  }

  /** Asks until the coordinator is ready; finds it anew each time, since it may have moved. */
  async function atCoordinator<Answer>(
    transactionalId: string,
    ask: (coordinator: KafkajsBroker) => Promise<Answer>,
  ): Promise<Answer> {
    const started = performance.now();
    for (let pause = pauseMs; ; pause = Math.min(pause * 1.5, 500)) {
      try {
        return await ask(await coordinatorOf(transactionalId));
      } catch (error) {
        const isNotReady = notReadyTypes.has(String((error as { readonly type?: unknown }).type));
        if (!isNotReady || performance.now() - started > coordinatorPatienceMs) throw error;
        await sleep(pause);
      }
    }
  }

  /**
   * The leader is asked for when the next session begins, and whoever fails to learn it begins none: a connection that was
   * broken here counts as one for a moment, and what is asked over it fails.
   */
  function forgetConnections(): void {
    metadataIsOld = true;
    const { seedBroker, brokers } = cluster.brokerPool;
    for (const broker of [...(seedBroker === undefined ? [] : [seedBroker]), ...Object.values(brokers)]) {
      breakConnections(broker, 'what was under way is given up');
    }
  }

  return {
    async checkRights(at) {
      const { topic, partition, transactionalId } = at;
      const asked = { transactionalId, ...nobody, topics: [{ topic, partitions: [partition] }] };
      try {
        await atCoordinator(transactionalId, (coordinator) => coordinator.addPartitionsToTxn(asked));
      } catch (error) {
        const said = String((error as { readonly type?: unknown }).type);
        if (!unknownProducerTypes.has(said))
          throw sessionFailure(error, { ...at, brokers: settings.brokers, settings });
      }
    },
    async fence(at) {
      const place: PublishingPlace = { ...at, brokers: settings.brokers, settings };
      const { topic, partition, transactionalId } = place;
      const told = async <Answer>(work: () => Promise<Answer>): Promise<Answer> => {
        try {
          return await work();
        } catch (error) {
          throw sessionFailure(error, place);
        }
      };
      const { leader, producer } = await told(async () => ({
        leader: await leaderOf(place),
        producer: await atCoordinator(transactionalId, (coordinator) =>
          coordinator.initProducerId({ transactionalId, transactionTimeout: timeoutMs }),
        ),
      })).catch((error: unknown) => {
        forgetConnections();
        throw error;
      });
      const { producerId, producerEpoch } = producer;
      const transaction = { transactionalId, producerId, producerEpoch };
      let sequence = 0;
      let open = false;

      async function begin(): Promise<void> {
        if (open) return;
        await atCoordinator(transactionalId, (coordinator) =>
          coordinator.addPartitionsToTxn({ ...transaction, topics: [{ topic, partitions: [partition] }] }),
        );
        open = true;
      }

      async function sendOne({ bytes, count }: WrittenBatch): Promise<{ from: number; to: number }> {
        const stamped = stampBatch(bytes, { producerId: Number(producerId), producerEpoch, sequence });
        sequence = (sequence + count) % greatestSequence;
        const request = produceRequest({ transactionalId, topic, partition, batch: stamped, timeoutMs: 30_000 });
        const { errorCode, baseOffset } = await sendRawRequest(leader, request);
        if (errorCode !== 0) throw protocolError(errorCode);
        if (baseOffset < 0) throw new PassingFailure('the broker takes a batch for a repetition');
        return { from: baseOffset, to: baseOffset + count };
      }

      return {
        send: (batches) =>
          told(async () => {
            await begin();
            const sent: Promise<{ from: number; to: number }>[] = [];
            for (const batch of batches) {
              // The first that failed ends it; what was sent behind it is undone with it.
              if (sent.length >= inFlight) await sent[sent.length - inFlight];
              const one = sendOne(batch);
              one.catch(() => undefined);
              sent.push(one);
            }
            const places = await Promise.all(sent);
            return {
              from: Math.min(...places.map(({ from }) => from)),
              to: Math.max(...places.map(({ to }) => to)),
            };
          }),
        commit: () =>
          told(async () => {
            const coordinator = await coordinatorOf(transactionalId);
            await coordinator.endTxn({ ...transaction, transactionResult: true });
            open = false;
          }),
        abort: () =>
          told(async () => {
            await begin();
            const coordinator = await coordinatorOf(transactionalId);
            await coordinator.endTxn({ ...transaction, transactionResult: false });
            open = false;
          }),
        discard: () => Promise.resolve(forgetConnections()),
      };
    },
    async close() {
      await cluster.disconnect().catch(() => undefined);
    },
  };
}
