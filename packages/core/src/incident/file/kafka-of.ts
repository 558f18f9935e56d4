import { withoutCredentials } from '../../sources/kafka/connection/broker-address.js';
import type { KafkaLogSettings } from '../../sources/kafka/log/open-kafka-log.js';
import { parseDuration } from './duration.js';
import type { KafkaDocument, SecretDocument } from './kafka-schema.js';
import { parseRate } from './rate.js';
import type { Paths } from './paths.js';

type Connection = KafkaLogSettings['connection'];

/** The Kafka log that a document stands for. */
export function kafkaOf(document: KafkaDocument, topics: readonly string[], paths: Paths): KafkaLogSettings {
  const { isolation, source, max_rate: rate, transaction_wait: wait } = document;
  const limit = rate === undefined ? null : parseRate(rate);
  return {
    connection: connectionOf(document, paths),
    topics: document.topics ?? topics,
    ...(isolation !== undefined && { isolation }),
    ...(source !== undefined && { source }),
    ...(limit !== null && { rate: limit }),
    ...(wait !== undefined && { transactionWaitMs: parseDuration(wait) ?? 0 }),
  };
}

/** What of it may change a result: how the brokers are reached does not. */
export function kafkaMeaning({ topics, isolation, source }: KafkaDocument) {
  return { topics: topics ?? null, isolation: isolation ?? 'committed', source: source ?? null };
}

function connectionOf({ brokers, client_id: clientId, tls, sasl }: KafkaDocument, paths: Paths): Connection {
  return {
    // In front of the comma that a password may have.
    brokers: typeof brokers === 'string' ? withoutCredentials(brokers).split(',') : brokers.map(withoutCredentials),
    ...(clientId !== undefined && { clientId }),
    ...(tls !== undefined && { tls: tlsOf(tls, paths) }),
    ...(sasl !== undefined && {
      sasl:
        sasl.mechanism === 'oauthbearer'
          ? { mechanism: sasl.mechanism, token: secretOf(sasl.token, paths) }
          : { mechanism: sasl.mechanism, username: sasl.username, password: secretOf(sasl.password, paths) },
    }),
  };
}

export function tlsOf(tls: NonNullable<KafkaDocument['tls']>, paths: Paths): NonNullable<Connection['tls']> {
  if (typeof tls === 'boolean') return tls;
  const { ca, cert, key, key_passphrase: passphrase, server_name: serverName } = tls;
  return {
    ...(ca !== undefined && { ca: paths.at(ca) }),
    ...(cert !== undefined && { cert: paths.at(cert) }),
    ...(key !== undefined && { key: paths.at(key) }),
    ...(passphrase !== undefined && { keyPassphrase: secretOf(passphrase, paths) }),
    ...(serverName !== undefined && { serverName }),
  };
}

export function secretOf(secret: SecretDocument, paths: Paths): SecretDocument {
  return 'file' in secret ? { file: paths.at(secret.file) } : secret;
}
