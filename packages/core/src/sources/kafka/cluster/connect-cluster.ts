import { setTimeout as sleep } from 'node:timers/promises';
import { createKafkaClient } from '../connection/kafka-client.js';
import { explainKafkaError } from '../connection/explain-kafka-error.js';
import type { KafkaSettings } from '../connection/kafka-settings.js';
import { describeProducersRequest } from '../protocol/describe-producers-request.js';
import { fetchRequest, fetchVersion } from '../protocol/fetch-request.js';
import { kafkaApis, kafkaErrors, type RawRequest } from '../protocol/kafka-api.js';
import { metadataRequest, metadataVersion, type MetadataAnswer } from '../protocol/metadata-request.js';
import { offsetsOfGroup, settingsOf } from './ask-admin.js';
import { batchesOfRecords } from './batches-of-records.js';
import { fetchThroughKafkajs } from './fetch-through-kafkajs.js';
import type { FetchedPartition, PartitionFetch } from './fetched-partition.js';
import type { DescribedCluster, KafkaCluster, OffsetAt } from './kafka-cluster.js';
import { isRecoveryError } from '../../../model/errors/recovery-error.js';
import { missingTopic, outOfRange, partitionFailure, startingMs, topicReplaced } from './kafka-failures.js';
import { breakConnections, connectBroker } from '../kafkajs/broker-connections.js';
import type { KafkajsBroker } from '../kafkajs/kafkajs-types.js';
import { createKafkajsCluster, sendRawRequest } from '../kafkajs/private-members.js';
import { newLeaderTable } from './leader-table.js';
import { isNoAnswer, orNotUnderstood } from './not-understood.js';
import { defaultPatienceMs, firstPatienceMs, PassingFailure, withPatience } from './patience.js';
import { waitingIsWorthwhile } from './waiting-is-worthwhile.js';

export interface ClusterOptions {
  /** How long brokers may be away, in milliseconds. */
  readonly patienceMs?: number;
  /** Reads through kafkajs' own requests and decoder, as with brokers from before Kafka 3.1. For tests. */
  readonly plainKafkajs?: boolean;
}

/** kafkajs tries a few times by itself; whoever waits longer does it here, where it can be stopped. */
const kafkajsRetries = 2;

/** How long a broker that answers nothing is left alone at least, in milliseconds. */
const leastThrottleMs = 100;

const readCommitted = 1;
const readUncommitted = 0;

/**
 * Connects to a cluster. kafkajs keeps connections, TLS, signing in and finding brokers; what is read over them are our
 * own requests where the broker speaks them (Kafka 3.1 and later), else those of kafkajs.
 * @throws RecoveryError `kafka-unreachable`, `kafka-tls-failed` or `kafka-authentication-failed` when no broker
 *   answers, or one refuses
 */
export async function connectCluster(settings: KafkaSettings, options: ClusterOptions = {}): Promise<KafkaCluster> {
  const kafka = createKafkaClient(settings, { retries: kafkajsRetries });
  const cluster = createKafkajsCluster(kafka);
  const location = settings.brokers.join(',');
  const explain = (error: unknown, place: { topic?: string; partition?: number } = {}): unknown =>
    orNotUnderstood(explainKafkaError(error, { brokers: settings.brokers, settings, ...place }));
  const closing = new AbortController();
  const leaders = newLeaderTable();
  const patienceMs = options.patienceMs ?? defaultPatienceMs;
  const known = new Set<string>();
  let reached = false;

  async function anyBroker(): Promise<KafkajsBroker> {
    await cluster.connect();
    const broker = cluster.brokerPool.seedBroker;
    if (broker === undefined) throw new PassingFailure(`no broker of ${location} is connected`);
    await connectBroker(broker);
    reached = true;
    return broker;
  }

  /** Refreshes what kafkajs knows of the brokers, and what we know of leaders. */
  async function refresh(topic: string, { cause }: PassingFailure): Promise<void> {
    leaders.forget(topic);
    const timedOut = cause instanceof Error && cause.name === 'KafkaJSRequestTimeoutError';
    if (timedOut || isNoAnswer(cause)) for (const broker of allBrokers()) breakConnections(broker, 'no answer in time');
    await cluster.connect();
    await cluster.refreshMetadata();
  }

  function allBrokers(): readonly KafkajsBroker[] {
    const { seedBroker, brokers } = cluster.brokerPool;
    return [...(seedBroker === undefined ? [] : [seedBroker]), ...Object.values(brokers)];
  }

  async function leaderOf(topic: string, partition: number): Promise<KafkajsBroker> {
    if (leaders.get(topic, partition) === undefined) await learnLeaders([topic]);
    const nodeId = leaders.get(topic, partition);
    if (nodeId === undefined) throw new PassingFailure(`${topic}[${partition}] has no leader`);
    const broker = await cluster.findBroker({ nodeId });
    await connectBroker(broker);
    return broker;
  }

  async function learnLeaders(topics: readonly string[]): Promise<MetadataAnswer> {
    const answer = await askMetadata(topics);
    const there = answer.topics.filter(({ errorCode }) => errorCode === kafkaErrors.none);
    for (const topic of there) leaders.setLeaders(topic.name, topic.partitions);
    // kafkajs looks for brokers among those that lead a topic it was told of.
    const added = there.map(({ name }) => name).filter((name) => !known.has(name));
    if (added.length > 0) {
      await cluster.addMultipleTargetTopics(added);
      for (const topic of added) known.add(topic);
    }
    return answer;
  }

  async function askMetadata(topics: readonly string[]): Promise<MetadataAnswer> {
    const broker = await anyBroker();
    if (speaks(broker, kafkaApis.metadata, metadataVersion)) return sendRawRequest(broker, metadataRequest(topics));
    const { clusterId, topicMetadata } = await broker.metadata(topics);
    return {
      clusterId: clusterId ?? '',
      topics: topicMetadata.map(({ topic, partitionMetadata }) => ({
        errorCode: kafkaErrors.none,
        name: topic,
        id: '',
        partitions: partitionMetadata.map(({ partitionId, leader }) => ({ partition: partitionId, leader })),
      })),
    };
  }

  /** Tries with patience; every failure that is no passing one is told in words. */
  async function patiently<Result>(
    topic: string,
    partition: number | undefined,
    attempt: () => Promise<Result>,
  ): Promise<Result> {
    const place = { topic, ...(partition !== undefined && { partition }) };
    // Whoever was waiting between two questions is told here that there is nobody to ask any more.
    closing.signal.throwIfAborted();
    try {
      return await untilClosed(
        withPatience(
          () => attempt().catch((error: unknown) => rethrow(error)),
          (failure) => refresh(topic, failure),
          // Whoever has never been reached is more likely misspelt than busy.
          reached ? patienceMs : Math.min(patienceMs, firstPatienceMs),
          closing.signal,
        ),
        closing.signal,
      );
    } catch (error) {
      // What fails before a broker has answered is about the connection, not about a topic.
      throw explain(error, reached ? place : {});
    }
  }

  async function atLeader<Answer extends { readonly errorCode: number } & object>(
    topic: string,
    partition: number,
    request: RawRequest<Answer>,
  ): Promise<Answer> {
    const answer = await sendRawRequest(await leaderOf(topic, partition), request);
    const failure = partitionFailure(answer.errorCode, { topic, partition });
    if (failure !== undefined && answer.errorCode !== kafkaErrors.offsetOutOfRange) throw failure;
    return answer;
  }

  async function rangeOf(topic: string, partition: number): Promise<{ from: number; to: number } | null> {
    try {
      const [from, to] = [
        await offsetOf(topic, partition, 'earliest'),
        await offsetOf(topic, partition, 'high-watermark'),
      ];
      return { from, to };
    } catch {
      return null;
    }
  }

  async function offsetOf(topic: string, partition: number, at: OffsetAt): Promise<number> {
    const broker = await leaderOf(topic, partition);
    const isolationLevel = at === 'last-stable' ? readCommitted : readUncommitted;
    const timestamp = at === 'earliest' ? -2 : typeof at === 'string' ? -1 : at.time;
    const answer = await broker.listOffsets({
      isolationLevel,
      topics: [{ topic, partitions: [{ partition, timestamp: String(timestamp) }] }],
    });
    const found = answer.responses[0]?.partitions[0];
    const failure = partitionFailure(found?.errorCode ?? -1, { topic, partition });
    if (failure !== undefined || found === undefined) throw failure ?? new PassingFailure('no answer');
    return Number(found.offset);
  }

  async function fetchRaw(request: PartitionFetch): Promise<FetchedPartition> {
    let answer = await atLeader(request.topic, request.partition, fetchRequest(request));
    while (!answer.answered) {
      // Above the quota the broker answers nothing, which says nothing of the log: it is asked again when it wishes.
      await sleep(Math.max(answer.throttleMs, leastThrottleMs), undefined, { signal: closing.signal });
      answer = await atLeader(request.topic, request.partition, fetchRequest(request));
    }
    if (answer.errorCode === kafkaErrors.offsetOutOfRange) {
      throw outOfRange(request, request.offset, await rangeOf(request.topic, request.partition));
    }
    return { ...answer, recordBytes: answer.records.length, batches: batchesOfRecords(answer.records, request) };
  }

  return {
    location,
    async describeTopics(topics) {
      return patiently(topics[0] ?? '', undefined, async (): Promise<DescribedCluster> => {
        const answer = await learnLeaders(topics);
        for (const name of topics) {
          const topic = answer.topics.find((candidate) => candidate.name === name);
          const failure = missingTopic(name, topic?.errorCode);
          if (failure !== undefined) throw failure;
        }
        return {
          clusterId: answer.clusterId,
          topics: answer.topics.map(({ name, id, partitions }) => ({
            name,
            id,
            partitions: partitions.map(({ partition }) => partition).sort((a, b) => a - b),
          })),
        };
      });
    },
    async offsets(topic, partitions, at) {
      const found = await Promise.all(
        partitions.map((partition) => patiently(topic, partition, () => offsetOf(topic, partition, at))),
      );
      return new Map(partitions.map((partition, index) => [partition, found[index] ?? -1]));
    },
    fetch: (request) =>
      patiently(request.topic, request.partition, async () => {
        const broker = await leaderOf(request.topic, request.partition);
        const raw =
          options.plainKafkajs !== true && request.topicId !== '' && speaks(broker, kafkaApis.fetch, fetchVersion);
        if (raw) return fetchRaw(request);
        return fetchThroughKafkajs(broker, request, () => rangeOf(request.topic, request.partition));
      }).catch((error: unknown) => {
        // It was described under this id: that it is not there any more is no mistake in a name.
        const wasThere = request.topicId !== '';
        throw wasThere && isRecoveryError(error) && error.code === 'kafka-topic-not-found'
          ? topicReplaced(request.topic)
          : error;
      }),
    async producers(topic, partition) {
      try {
        return (await atLeader(topic, partition, describeProducersRequest(topic, partition))).producers;
      } catch {
        return null;
      }
    },
    topicSettings: (topic) => patiently(topic, undefined, () => settingsOf(kafka, topic)),
    async groupOffsets(group, topics) {
      closing.signal.throwIfAborted();
      try {
        return await offsetsOfGroup(kafka, group, topics);
      } catch (error) {
        throw explain(error);
      }
    },
    async close() {
      closing.abort();
      await cluster.disconnect().catch(() => undefined);
    },
  };
}

/** Ends with the cluster: a request that is inside of kafkajs cannot be ended, and is not waited for any longer. */
async function untilClosed<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  let leave: () => void = () => undefined;
  const closed = new Promise<never>((_resolve, reject) => {
    leave = () => reject(signal.reason as Error);
    signal.addEventListener('abort', leave, { once: true });
  });
  try {
    return await Promise.race([work, closed]);
  } finally {
    signal.removeEventListener('abort', leave);
  }
}

function speaks(broker: KafkajsBroker, api: number, version: number): boolean {
  const range = broker.versions?.[api];
  return range !== undefined && range.minVersion <= version && version <= range.maxVersion;
}

/** A broken connection or a broker that is not there may pass; a refusal does not. */
function rethrow(error: unknown): never {
  // Bytes that were changed on the way: a new connection has others.
  if (isNoAnswer(error)) throw new PassingFailure('an answer is none', error, startingMs);
  if (error instanceof PassingFailure || !waitingIsWorthwhile(error)) throw error;
  const doubtful = (error as { readonly type?: unknown }).type === 'UNKNOWN_TOPIC_OR_PARTITION';
  throw new PassingFailure('it may pass by itself', error, doubtful ? startingMs : Infinity);
}
