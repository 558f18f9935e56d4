import { RecoveryError } from '../../../model/errors/recovery-error.js';
import type { Kafka } from 'kafkajs';
import { loadDriver } from '../../drivers/load-driver.js';
import { patchKafkajs } from '../kafkajs/patch-kafkajs.js';
import { describeAddress, parseBrokerAddress, withoutCredentials } from './broker-address.js';
import { kafkaDefaults, tlsSettingsOf, type KafkaSettings } from './kafka-settings.js';
import { readTlsOptions } from './read-tls-options.js';
import { saslMechanism } from './sasl-mechanism.js';

/** Nine tries in about five seconds: enough for a leader to change, short enough for who mistyped an address. */
const defaultRetries = 8;

/**
 * A client of kafkajs that prints nothing: kafkajs logs as errors what its next try mends, and whoever calls is told
 * what stays wrong by the error that is thrown.
 * @throws RecoveryError `file-unavailable`, `kafka-tls-failed` or `secret-unavailable` when files or secrets of the
 *   settings cannot be had, `kafka-unreachable` when an address cannot be read, `missing-package` when kafkajs is not
 *   installed. Nothing is connected yet.
 */
export function createKafkaClient(settings: KafkaSettings, options: { readonly retries?: number } = {}): Kafka {
  const kafkajs = loadDriver('kafkajs', 'Kafka');
  patchKafkajs();
  const tls = tlsSettingsOf(settings);
  return new kafkajs.Kafka({
    brokers: checkedBrokers(settings.brokers),
    clientId: settings.clientId ?? kafkaDefaults.clientId,
    ...(tls === null ? {} : { ssl: readTlsOptions(tls) }),
    ...(settings.sasl === undefined ? {} : { sasl: saslMechanism(settings.sasl) }),
    connectionTimeout: settings.connectionTimeoutMs ?? kafkaDefaults.connectionTimeoutMs,
    requestTimeout: settings.requestTimeoutMs ?? kafkaDefaults.requestTimeoutMs,
    enforceRequestTimeout: true,
    retry: {
      initialRetryTime: 20,
      maxRetryTime: 5_000,
      factor: 0.2,
      multiplier: 2,
      retries: options.retries ?? defaultRetries,
    },
    logLevel: kafkajs.logLevel.NOTHING,
    logCreator: () => () => undefined,
  });
}

function checkedBrokers(brokers: readonly string[]): string[] {
  if (brokers.length === 0) throw noAddress('no broker is named');
  return brokers.map((text) => {
    const address = parseBrokerAddress(text);
    if (address === null) throw noAddress(`"${withoutCredentials(text)}" is no address of a broker`);
    // kafkajs cuts addresses at their first colon.
    if (address.host.includes(':')) throw noAddress(`"${text}": an IPv6 address cannot be the first that is asked`);
    return describeAddress(address);
  });
}

function noAddress(what: string): RecoveryError {
  return new RecoveryError('kafka-unreachable', what, {
    hint: 'name brokers as host:port, such as kafka.example.com:9092',
  });
}
