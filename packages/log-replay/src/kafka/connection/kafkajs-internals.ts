import { createRequire } from 'node:module';
import { RecoveryError } from '@eventmend/core';
import type { AuthenticationProviderArgs, Authenticator, Kafka } from 'kafkajs';
import type { RawRequest } from '../protocol/kafka-api.js';

/** A request with the functions that read its answer; `parse` throws at the first error code, `decode` shows them all. */
export interface KafkajsRequest {
  readonly request: object;
  readonly response: { readonly decode: (bytes: Buffer) => Promise<unknown> };
}

type SaslProvider = (sasl: Readonly<Record<string, unknown>>) => (args: AuthenticationProviderArgs) => Authenticator;

interface QueueOfRequests {
  pending: readonly unknown[];
  throttledUntil: number;
  scheduleCheckPendingRequests(): void;
}

const load = createRequire(import.meta.url);

/** What a broker of kafkajs says of itself, as far as it is used here. Not part of kafkajs' public types. */
export interface KafkajsBroker {
  readonly nodeId: number | null;
  /** By number of the API; null before it is connected. */
  readonly versions: Readonly<Record<number, { readonly minVersion: number; readonly maxVersion: number }>> | null;
  /** Connection 0 is for requests, 1 for fetches. */
  readonly connectionPool: {
    readonly pool?: readonly { readonly socket?: { destroy(error: Error): void } }[];
    getConnection(index: number): Promise<unknown>;
    send(request: { request: object; response: object }): Promise<unknown>;
  };
  /** The request in the newest version that both sides speak. */
  lookupRequest(key: number, definition: unknown): (body: object) => KafkajsRequest;
  isConnected(): boolean;
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  fetch(request: unknown): Promise<KafkajsFetchAnswer>;
  listOffsets(request: unknown): Promise<KafkajsOffsetsAnswer>;
  metadata(topics: readonly string[]): Promise<KafkajsMetadata>;
}

export interface KafkajsMetadata {
  readonly clusterId: string | null;
  readonly brokers: readonly { readonly nodeId: number; readonly host: string; readonly port: number }[];
  readonly topicMetadata: readonly {
    readonly topic: string;
    readonly partitionMetadata: readonly {
      readonly partitionId: number;
      readonly leader: number;
      readonly replicas: readonly number[];
      readonly isr: readonly number[];
    }[];
  }[];
}

export interface KafkajsOffsetsAnswer {
  readonly responses: readonly {
    readonly partitions: readonly {
      readonly partition: number;
      readonly errorCode: number;
      readonly offset: string;
      readonly timestamp: string;
    }[];
  }[];
}

export interface KafkajsFetchAnswer {
  readonly throttleTime?: number;
  readonly responses: readonly {
    readonly partitions: readonly {
      readonly highWatermark: string;
      readonly lastStableOffset?: string;
      readonly lastStartOffset?: string;
      readonly abortedTransactions?: readonly { readonly producerId: string; readonly firstOffset: string }[];
      readonly messages: readonly KafkajsMessage[];
    }[];
  }[];
}

export interface KafkajsMessage {
  readonly offset: string;
  readonly timestamp: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, Buffer | string | readonly (Buffer | string)[] | undefined>>;
  readonly isControlRecord: boolean;
  /** One object for all messages of a batch. */
  readonly batchContext: {
    readonly firstOffset: string;
    readonly lastOffsetDelta: number;
    readonly maxTimestamp: string;
    readonly timestampType: number;
    readonly producerId: string;
    readonly inTransaction: boolean;
    readonly isControlBatch: boolean;
  };
}

/** The connections of kafkajs to the brokers of one cluster. */
export interface KafkajsCluster {
  readonly rootLogger: unknown;
  readonly connectionPoolBuilder: { build(at: { host: string; port: number }): Promise<unknown> };
  readonly brokerPool: {
    readonly seedBroker?: KafkajsBroker;
    readonly brokers: Readonly<Record<string, KafkajsBroker>>;
    createBroker(options: { connectionPool: unknown; logger: unknown }): KafkajsBroker;
  };
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  addMultipleTargetTopics(topics: readonly string[]): Promise<void>;
  refreshMetadata(): Promise<void>;
  findBroker(node: { readonly nodeId: number }): Promise<KafkajsBroker>;
  findGroupCoordinator(group: { readonly groupId: string }): Promise<unknown>;
}

const createClusterName = 'private:Kafka:createCluster';
const sendRequestName = 'private:Broker:sendRequest';

/** How long the metadata of a cluster may be used, in milliseconds; a moved leader is noticed at once by its answer. */
const metadataMaxAge = 60_000;

/**
 * Opens a cluster of kafkajs without a consumer: kafkajs knows no way to read without a group, and its own cluster object
 * does. The symbol is private, so this file is the only one that knows it, and kafkajs is pinned to one version exactly.
 * @throws RecoveryError EM2207 where kafkajs is another version
 */
export function createKafkajsCluster(kafka: Kafka): KafkajsCluster {
  const create = memberOf(kafka, createClusterName) as
    ((options: { metadataMaxAge: number; allowAutoTopicCreation: boolean }) => KafkajsCluster) | undefined;
  if (typeof create !== 'function') throw anotherKafkajs(createClusterName);
  return create({ metadataMaxAge, allowAutoTopicCreation: false });
}

/**
 * Sends a request that kafkajs does not know, over its connection, with its header, its queue and its time limits.
 * @throws RecoveryError EM2207 where kafkajs is another version
 */
export function sendRawRequest<Answer extends object>(
  broker: KafkajsBroker,
  request: RawRequest<Answer>,
): Promise<Answer> {
  const send = memberOf(broker, sendRequestName) as
    ((this: KafkajsBroker, protocol: unknown) => Promise<Answer>) | undefined;
  if (typeof send !== 'function') throw anotherKafkajs(sendRequestName);
  return send.call(broker, {
    request: {
      apiKey: request.api,
      apiVersion: request.version,
      apiName: request.name,
      // What kafkajs asks of an encoder: it puts the bytes behind its own header.
      encode: async () => ({ buf: request.body, buffer: request.body }),
    },
    response: {
      decode: async (answer: Buffer) => {
        const read = request.read(answer);
        // kafkajs holds the next requests back for as long as the broker asks.
        const throttleMs = (read as { readonly throttleMs?: number }).throttleMs ?? 0;
        return { read, clientSideThrottleTime: throttleMs };
      },
      parse: async ({ read }: { readonly read: Answer }) => read,
    },
  });
}

const connecting = new WeakMap<KafkajsBroker, Promise<void>>();

/**
 * Connects to a broker, once for all who ask at the same time: kafkajs opens the connection for fetches at the first of
 * them, and where several come at once it opens as many and forgets all but one.
 */
export function connectBroker(broker: KafkajsBroker): Promise<void> {
  const known = connecting.get(broker);
  if (known !== undefined) return known;
  const connected = connectBoth(broker).finally(() => connecting.delete(broker));
  connecting.set(broker, connected);
  return connected;
}

async function connectBoth(broker: KafkajsBroker): Promise<void> {
  // A broker whose connection broke before it had said what it speaks is no use, and counts as connected.
  if (broker.isConnected() && broker.versions === null) breakConnections(broker, 'it never said what it speaks');
  if (!broker.isConnected() || broker.versions === null) await broker.connect();
  await broker.connectionPool.getConnection(fetchConnection);
}

const fetchConnection = 1;

/** A member under a symbol, found by the symbol's description, on the object or on what it inherits from. */
function memberOf(owner: object, description: string): unknown {
  for (let at: object | null = owner; at !== null; at = Object.getPrototypeOf(at) as object | null) {
    const symbol = Object.getOwnPropertySymbols(at).find((candidate) => candidate.description === description);
    if (symbol !== undefined) return (owner as Readonly<Record<symbol, unknown>>)[symbol];
  }
  return undefined;
}

function anotherKafkajs(member: string, cause?: unknown): RecoveryError {
  return new RecoveryError('EM2207', `the installed kafkajs has no ${JSON.stringify(member)}`, {
    hint: 'Eventmend works with kafkajs 2.2.4 and no other version: npm install kafkajs@2.2.4',
    cause,
  });
}

/** The numbers of Kafka's requests by their names in kafkajs, and how each is written and read. */
export function requestDefinitions(): {
  readonly keys: Readonly<Record<string, number>>;
  readonly definitions: Readonly<Record<string, unknown>>;
} {
  const { requests } = part<{ requests: Record<string, unknown> }>('kafkajs/src/protocol/requests/index.js');
  return { keys: part<Record<string, number>>('kafkajs/src/protocol/requests/apiKeys.js'), definitions: requests };
}

/** The ways of signing in that kafkajs brings along. */
export function saslProvider(mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'): SaslProvider {
  const files = { plain: 'plain', 'scram-sha-256': 'scram256', 'scram-sha-512': 'scram512' } as const;
  return part<SaslProvider>(`kafkajs/src/broker/saslAuthenticator/${files[mechanism]}.js`);
}

/** The error that kafkajs makes of an error code of Kafka. */
export function protocolError(code: number): Error {
  return part<{ createErrorFromCode(code: number): Error }>('kafkajs/src/protocol/error.js').createErrorFromCode(code);
}

/** One socket to a broker, as kafkajs keeps it. */
interface KafkajsConnection {
  socket?: { destroy(error: Error): void };
  chunks: Buffer[];
  bytesBuffered: number;
  bytesNeeded: number;
  isConnected(): boolean;
  connect(): Promise<boolean>;
  processData(bytes: Buffer): unknown;
}

/** No answer is as large, in bytes: a length beyond it is not one. */
const impossibleAnswer = 2 ** 30;

/** A length stands in front of every answer. */
const lengthBytes = 4;

let connectionsMended = false;

/**
 * Mends two faults of kafkajs' connections, both seen with a network that cuts and changes bytes. What had come of an answer
 * when a connection broke is kept and put in front of the first answer of the next one, which is then read as nonsense. And
 * what cannot be read throws in the handler of the socket, where nobody can catch it: the process ends.
 */
export function withSoundConnections(): void {
  if (connectionsMended) return;
  const connection = part<{ prototype?: KafkajsConnection }>('kafkajs/src/network/connection.js').prototype;
  const connect = connection?.connect;
  const processData = connection?.processData;
  if (connection === undefined || typeof connect !== 'function' || typeof processData !== 'function') {
    throw anotherKafkajs('connection');
  }
  connection.connect = function (this: KafkajsConnection): Promise<boolean> {
    if (!this.isConnected()) {
      this.chunks = [];
      this.bytesBuffered = 0;
      this.bytesNeeded = lengthBytes;
    }
    return connect.call(this);
  };
  connection.processData = function (this: KafkajsConnection, bytes: Buffer): unknown {
    try {
      const done = processData.call(this, bytes);
      if (this.bytesNeeded <= impossibleAnswer && this.bytesNeeded >= lengthBytes) return done;
      throw new Error('an answer has an impossible length');
    } catch (error) {
      this.socket?.destroy(error instanceof Error ? error : new Error('an answer cannot be read'));
      return undefined;
    }
  };
  connectionsMended = true;
}

/** Breaks the connections to a broker: on one whose answer does not come, no later one would be understood. */
export function breakConnections(broker: KafkajsBroker, why: string): void {
  for (const { socket } of broker.connectionPool.pool ?? []) socket?.destroy(new Error(why));
}

let mended = false;

/**
 * After each answer kafkajs sets a timer to look for requests that were held back, with a negative time when nothing was
 * (kafkajs#1751): one idle timer per answer, and on Node 24 a TimeoutNegativeWarning on the user's terminal. Nothing is
 * held back then, so there is nothing to look for.
 */
export function withoutIdleTimers(): void {
  if (mended) return;
  const queue = part<{ prototype?: QueueOfRequests }>('kafkajs/src/network/requestQueue/index.js').prototype;
  const schedule = queue?.scheduleCheckPendingRequests;
  if (queue === undefined || typeof schedule !== 'function') throw anotherKafkajs('requestQueue');
  queue.scheduleCheckPendingRequests = function (this: QueueOfRequests): void {
    if (this.pending.length > 0 || this.throttledUntil > Date.now()) schedule.call(this);
  };
  mended = true;
}

function part<T>(path: string): T {
  try {
    return load(path) as T;
  } catch (error) {
    throw anotherKafkajs(path, error);
  }
}
