import { RecoveryError, isRecoveryError } from '../../../model/errors/recovery-error.js';
import type { AuthenticationProviderArgs, Authenticator, Kafka } from 'kafkajs';
import { loadDriverFile } from '../../drivers/load-driver.js';
import type { RawRequest } from '../protocol/kafka-api.js';
import type { KafkajsBroker, KafkajsCluster } from './kafkajs-types.js';

type SaslProvider = (sasl: Readonly<Record<string, unknown>>) => (args: AuthenticationProviderArgs) => Authenticator;

const createClusterName = 'private:Kafka:createCluster';
const sendRequestName = 'private:Broker:sendRequest';

/** How long the metadata of a cluster may be used, in milliseconds; a moved leader is noticed at once by its answer. */
const metadataMaxAge = 60_000;

/**
 * Opens a cluster of kafkajs without a consumer: kafkajs knows no way to read without a group, and its own cluster
 * object does. The symbol is private, so this folder is the only place that knows it, and kafkajs is pinned to one
 * version exactly.
 * @throws RecoveryError `kafka-incompatible` where kafkajs is another version
 */
export function createKafkajsCluster(kafka: Kafka): KafkajsCluster {
  const create = memberOf(kafka, createClusterName) as
    ((options: { metadataMaxAge: number; allowAutoTopicCreation: boolean }) => KafkajsCluster) | undefined;
  if (typeof create !== 'function') throw anotherKafkajs(createClusterName);
  return create({ metadataMaxAge, allowAutoTopicCreation: false });
}

/** Brokers ask for a second or a few; no wait beyond this is believed at once, in milliseconds. */
const longestThrottleMs = 60_000;

/**
 * Sends a request that kafkajs does not know, over its connection, with its header, its queue and its time limits.
 * @throws RecoveryError `kafka-incompatible` where kafkajs is another version
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
        return { read, clientSideThrottleTime: Math.min(throttleMs, longestThrottleMs) };
      },
      parse: async ({ read }: { readonly read: Answer }) => read,
    },
  });
}

/** The numbers of Kafka's requests by their names in kafkajs, and how each is written and read. */
export function requestDefinitions(): {
  readonly keys: Readonly<Record<string, number>>;
  readonly definitions: Readonly<Record<string, unknown>>;
} {
  const { requests } = kafkajsFile<{ requests: Record<string, unknown> }>('kafkajs/src/protocol/requests/index.js');
  return {
    keys: kafkajsFile<Record<string, number>>('kafkajs/src/protocol/requests/apiKeys.js'),
    definitions: requests,
  };
}

/** The ways of signing in that kafkajs brings along. */
export function saslProvider(mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'): SaslProvider {
  const files = { plain: 'plain', 'scram-sha-256': 'scram256', 'scram-sha-512': 'scram512' } as const;
  return kafkajsFile<SaslProvider>(`kafkajs/src/broker/saslAuthenticator/${files[mechanism]}.js`);
}

/** The error that kafkajs makes of an error code of Kafka. */
export function protocolError(code: number): Error {
  return kafkajsFile<{ createErrorFromCode(code: number): Error }>('kafkajs/src/protocol/error.js').createErrorFromCode(
    code,
  );
}

/** A member under a symbol, found by the symbol's description, on the object or on what it inherits from. */
function memberOf(owner: object, description: string): unknown {
  for (let at: object | null = owner; at !== null; at = Object.getPrototypeOf(at) as object | null) {
    const symbol = Object.getOwnPropertySymbols(at).find((candidate) => candidate.description === description);
    if (symbol !== undefined) return (owner as Readonly<Record<symbol, unknown>>)[symbol];
  }
  return undefined;
}

/** The error of a kafkajs in which something is not where it is looked for. */
export function anotherKafkajs(member: string, cause?: unknown): RecoveryError {
  return new RecoveryError('kafka-incompatible', `the installed kafkajs has no ${JSON.stringify(member)}`, {
    hint: 'Eventmend works with kafkajs 2.2.4 and no other version: npm install kafkajs@2.2.4',
    cause,
  });
}

/**
 * A file of kafkajs that it does not export.
 * @throws RecoveryError `missing-package` where kafkajs is not installed, `kafka-incompatible` where the file is not
 *   there
 */
export function kafkajsFile<T>(path: string): T {
  try {
    return loadDriverFile<T>('kafkajs', path, 'Kafka');
  } catch (error) {
    if (isRecoveryError(error)) throw error;
    throw anotherKafkajs(path, error);
  }
}
