import { parseArgs } from 'node:util';
import { Kafka, logLevel, Partitioners } from 'kafkajs';
import { orderHistory } from './order-history.js';

/**
 * `node dist/place-orders.js --from N --to N [--seed N] [--brokers HOST:PORT] [--topic NAME]`: sends the events N to N of
 * a shop into the topic, each with the time of now. It and the topic of the receipts are made where they are not there.
 */
const { values } = parseArgs({
  options: {
    from: { type: 'string', default: '0' },
    to: { type: 'string', default: '2000' },
    seed: { type: 'string', default: '1' },
    brokers: { type: 'string', default: process.env['KAFKA_BROKERS'] ?? '127.0.0.1:9092' },
    topic: { type: 'string', default: 'orders' },
  },
});
const { topic } = values;
const kafka = new Kafka({ clientId: 'shop', brokers: values.brokers.split(','), logLevel: logLevel.ERROR });
const admin = kafka.admin();
await admin.connect();
await admin.createTopics({
  waitForLeaders: true,
  topics: [topic, 'receipts'].map((name) => ({ topic: name, numPartitions: 3 })),
});
await admin.disconnect();

// Sent again where the broker answers late, an event must not stand in the topic twice.
const producer = kafka.producer({
  createPartitioner: Partitioners.DefaultPartitioner,
  idempotent: true,
  maxInFlightRequests: 1,
});
await producer.connect();
const messages: { key: string; value: string }[] = [];
const history = orderHistory(Number(values.seed));
for (let n = 0; n < Number(values.to); n++) {
  const { value: event } = history.next();
  if (n < Number(values.from)) continue;
  messages.push({ key: event.order, value: JSON.stringify(event.value) });
}
// One request after the other: events of an order stay in their order.
for (let from = 0; from < messages.length; from += 500)
  await producer.send({ topic, acks: -1, messages: messages.slice(from, from + 500) });
await producer.disconnect();
console.log(`${messages.length} events sent; now it is ${new Date().toISOString()}`);
