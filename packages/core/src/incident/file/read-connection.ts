import { dirname, resolve } from 'node:path';
import { kafkaSchema, type KafkaDocument } from './kafka-schema.js';
import { checkConfiguration, parseConfiguration, type ConfigurationKind } from './parse-configuration.js';
import { readConfiguration } from './read-configuration.js';
import type { Paths } from './paths.js';

/** A connection file, and where its paths are relative to. */
interface ConnectionFile {
  readonly document: KafkaDocument;
  readonly paths: Paths;
}

const connection: ConfigurationKind<typeof kafkaSchema> = {
  schema: kafkaSchema,
  name: 'connection to Kafka',
  example: 'brokers: kafka-1:9092',
  hint: 'it holds what stands under log.kafka in an incident file: brokers, topics, tls, sasl',
};

/**
 * Reads a file with what stands under `log.kafka` in an incident file (YAML or JSON).
 * @throws RecoveryError `file-unavailable` when it cannot be read, `invalid-configuration` when it is not a valid
 *   connection
 */
export function readConnection(file: string): ConnectionFile {
  const folder = dirname(file);
  return {
    document: parseConfiguration(readConfiguration(file, 'connection file', 'check the path'), file, connection),
    paths: { at: (path) => resolve(folder, path), folder },
  };
}

/** @throws RecoveryError `invalid-configuration` naming what is wrong. `where` says where it came from. */
export function checkConnection(value: unknown, where: string): KafkaDocument {
  return checkConfiguration(value, where, connection);
}
