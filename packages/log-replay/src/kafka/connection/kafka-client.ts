import { createRequire } from 'node:module';
import type { Kafka } from 'kafkajs';
import type { KafkaSettings } from './kafka-settings.js';
const { Kafka: Client } = createRequire(import.meta.url)('kafkajs') as typeof import('kafkajs');
export function createKafkaClient(settings: KafkaSettings): Kafka {
  return new Client({
    brokers: [...settings.brokers],
    clientId: settings.clientId ?? 'eventmend',
    logCreator: () => () => undefined,
    retry: { initialRetryTime: 20, retries: 5 },
  });
}
