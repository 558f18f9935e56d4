import { dirname, resolve } from 'node:path';
import { kafkaSchema, type KafkaDocument } from './kafka-schema.js';
import { checkConfiguration, parseConfiguration, type ConfigurationKind } from './parse-configuration.js';
import { readConfiguration } from './read-configuration.js';
import type { Paths } from './rows-of.js';

/** A connection file, and where its paths are relative to. */
export interface ConnectionFile {
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
 * @throws RecoveryError EM1003 when it cannot be read, EM1002 when it is no such thing
 */
export function readConnection(file: string): ConnectionFile {
  const folder = dirname(file);
  return {
    document: parseConfiguration(readConfiguration(file, 'connection file', 'check the path'), file, connection),
    paths: { at: (path) => resolve(folder, path), folder },
  };
}

/** @throws RecoveryError EM1002 naming what is wrong. `where` says where it came from. */
export function checkConnection(value: unknown, where: string): KafkaDocument {
  return checkConfiguration(value, where, connection);
}
