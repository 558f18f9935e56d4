import { parseArgs } from 'node:util';
import { Kafka } from 'kafkajs';

/**
 * `node dist/forget-oldest.js --before TIME [--brokers HOST:PORT] [--topic NAME]`: takes the events before a time away, as the
 * retention of a topic does.
 */
const { values } = parseArgs({
  options: {
    before: { type: 'string' },
    brokers: { type: 'string', default: process.env['KAFKA_BROKERS'] ?? '127.0.0.1:9092' },
    topic: { type: 'string', default: 'orders' },
  },
});
const before = Date.parse(values.before ?? '');
if (Number.isNaN(before)) throw new Error('--before needs a time, such as 2026-11-19T10:00:00Z');
const admin = new Kafka({ clientId: 'retention', brokers: values.brokers.split(',') }).admin();
await admin.connect();
const partitions = await admin.fetchTopicOffsetsByTimestamp(values.topic, before);
await admin.deleteTopicRecords({ topic: values.topic, partitions });
await admin.disconnect();
for (const { partition, offset } of partitions) console.log(`${values.topic}[${partition}] begins at ${offset} now`);
