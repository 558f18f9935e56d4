// Makes a topic of transfers, both accounts of each in its partition: node kafka-load-child.mjs JOB, JOB being
// { bootstrap, topic, events, partitions } as JSON. A process of its own, because what it takes of memory would be
// counted as the peak of those that are started later.
import { Kafka } from 'kafkajs';
import { textOf } from './transfers-archive.mjs';

/** About 20 KB, near the batches of Kafka's own producer. */
const batchEvents = 100;

const { bootstrap, topic, events, partitions } = JSON.parse(process.argv[2]);
const kafka = new Kafka({ brokers: [bootstrap], logCreator: () => () => undefined });
const admin = kafka.admin();
await admin.connect();
const configEntries = [{ name: 'retention.ms', value: '-1' }];
await admin.createTopics({ waitForLeaders: true, topics: [{ topic, numPartitions: partitions, configEntries }] });
await admin.disconnect();
// What is sent again when a busy broker answers late must not stand there twice.
const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
await producer.connect();
const step = batchEvents * partitions;
for (let from = 0; from < events; from += step) {
  const messages = Array.from({ length: Math.min(step, events - from) }, (_, index) => {
    const n = from + index;
    const timestamp = String(1_700_000_000_000 + n * 250);
    return { partition: n % partitions, timestamp, value: textOf(n, { partitions, local: true }) };
  });
  await producer.send({ topic, messages });
}
await producer.disconnect();
process.send('loaded');
process.disconnect();
