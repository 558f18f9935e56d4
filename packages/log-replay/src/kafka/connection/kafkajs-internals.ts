import { createRequire } from 'node:module';
import { RecoveryError } from '@eventmend/core';
import type { Authenticator, AuthenticationProviderArgs, Kafka } from 'kafkajs';

/** The parts of kafkajs 2.2.4 that its own types do not show; the version is pinned because of them. */
const load = createRequire(import.meta.url);

/** A request with the functions that read its answer; `parse` throws at the first error code, `decode` shows them all. */
export interface KafkajsRequest {
  readonly request: object;
  readonly response: { readonly decode: (bytes: Buffer) => Promise<unknown> };
}

/** One broker, as kafkajs talks to it. */
export interface KafkajsBroker {
  readonly connectionPool: {
    send(request: { request: object; response: object }): Promise<unknown>;
  };
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  lookupRequest(key: number, definition: unknown): (body: object) => KafkajsRequest;
}

/** What one client keeps of a cluster. */
export interface KafkajsCluster {
  readonly rootLogger: unknown;
  readonly connectionPoolBuilder: { build(at: { host: string; port: number }): Promise<unknown> };
  readonly brokerPool: { createBroker(options: { connectionPool: unknown; logger: unknown }): KafkajsBroker };
}

type SaslProvider = (sasl: Readonly<Record<string, unknown>>) => (args: AuthenticationProviderArgs) => Authenticator;

interface QueueOfRequests {
  pending: readonly unknown[];
  throttledUntil: number;
  scheduleCheckPendingRequests(): void;
}

/** A cluster of its own, as producers and admins of kafkajs each get one. */
export function newCluster(kafka: Kafka): KafkajsCluster {
  const name = 'Symbol(private:Kafka:createCluster)';
  const symbol = Object.getOwnPropertySymbols(kafka).find((each) => String(each) === name);
  const create = symbol && (kafka as unknown as Record<symbol, (options: object) => KafkajsCluster>)[symbol];
  if (typeof create !== 'function') throw otherVersion();
  return create({ allowAutoTopicCreation: false, maxInFlightRequests: null });
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
  if (queue === undefined || typeof schedule !== 'function') throw otherVersion();
  queue.scheduleCheckPendingRequests = function (this: QueueOfRequests): void {
    if (this.pending.length > 0 || this.throttledUntil > Date.now()) schedule.call(this);
  };
  mended = true;
}

function part<T>(path: string): T {
  try {
    return load(path) as T;
  } catch (error) {
    throw otherVersion(error);
  }
}

function otherVersion(cause?: unknown): RecoveryError {
  return new RecoveryError('EM2207', 'the kafkajs that is installed is another version than the one that is pinned', {
    hint: 'install kafkajs 2.2.4: this version of Eventmend is made for it',
    cause,
  });
}
