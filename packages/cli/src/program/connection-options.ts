import { resolve } from 'node:path';
import { RecoveryError } from '@eventmend/core';
import type { KafkaLogSettings, KafkaSettings } from '@eventmend/core/kafka';
import { kafkaOf, checkConnection, readConnection } from '@eventmend/core/incident';
import { pathHere } from './incident-argument.js';

/** How a command names a cluster without an incident file. */
export interface ConnectionOptions {
  readonly brokers?: string;
  readonly connection?: string;
  readonly topic?: readonly string[];
}

export interface ConnectionConfig {
  /** All that the options and the file say of the log. */
  readonly settings: KafkaLogSettings;
  readonly connection: KafkaSettings;
  /** Those of the options, else those of the connection file. */
  readonly topics: readonly string[];
  /** The options again, for a command that goes on. */
  readonly words: readonly string[];
}

/**
 * Null where the options name no cluster.
 * @throws RecoveryError `invalid-argument`, `invalid-configuration`, `file-unavailable`
 */
export function connectionFrom(options: ConnectionOptions, cwd: string): ConnectionConfig | null {
  const { brokers, connection, topic } = options;
  if (brokers !== undefined && connection !== undefined) {
    throw new RecoveryError('invalid-argument', '--brokers and --connection say the same thing', {
      hint: 'give one of them',
    });
  }
  if (brokers !== undefined) {
    const paths = { at: (path: string) => resolve(cwd, path), folder: cwd };
    const document = checkConnection({ brokers }, '--brokers');
    return givenOf(kafkaOf(document, topic ?? [], paths), ['--brokers', brokers]);
  }
  if (connection === undefined) return null;
  const file = resolve(cwd, connection);
  const { document, paths } = readConnection(file);
  const settings = kafkaOf(document, [], paths);
  return givenOf({ ...settings, topics: topic ?? settings.topics }, ['--connection', pathHere(file, cwd)]);
}

function givenOf(settings: KafkaLogSettings, words: readonly string[]): ConnectionConfig {
  return { settings, connection: settings.connection, topics: settings.topics, words };
}
