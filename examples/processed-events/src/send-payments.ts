import { parseArgs } from 'node:util';
import { Kafka, logLevel, Partitioners } from 'kafkajs';
import { payment } from './payments.js';

/** `node dist/send-payments.js --from N --to N [--brokers HOST:PORT]`: sends payments into `events_topic`; makes both topics. */
const { values } = parseArgs({
  options: {
    from: { type: 'string', default: '0' },
    to: { type: 'string', default: '1000' },
    brokers: { type: 'string', default: process.env['KAFKA_BROKERS'] ?? '127.0.0.1:9092' },
  },
});
const kafka = new Kafka({ clientId: 'shop', brokers: values.brokers.split(','), logLevel: logLevel.ERROR });
const admin = kafka.admin();
await admin.connect();
await admin.createTopics({
  waitForLeaders: true,
  topics: ['events_topic', 'processed_events_topic', 'processed_events_topic_2'].map((topic) => ({
    ...{ topic, numPartitions: 3 },
  })),
});
await admin.disconnect();

// Sent again where the broker answers late, an event must not stand in the topic twice.
const producer = kafka.producer({
  createPartitioner: Partitioners.DefaultPartitioner,
  idempotent: true,
  maxInFlightRequests: 1,
});
await producer.connect();
const all = Array.from({ length: Number(values.to) - Number(values.from) }, (_, n) => payment(n + Number(values.from)));
for (let from = 0; from < all.length; from += 500) {
  const messages = all
    .slice(from, from + 500)
    .map(({ account, value }) => ({ key: account, value: JSON.stringify(value) }));
  await producer.send({ topic: 'events_topic', acks: -1, messages });
}
await producer.disconnect();
console.log(`${all.length} payments sent`);
