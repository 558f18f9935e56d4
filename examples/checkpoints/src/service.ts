import { parseArgs } from 'node:util';
import { openCheckpointer, runConsumer } from '@eventmend/checkpoint';
import { Kafka, logLevel, Partitioners } from 'kafkajs';

/**
 * `node dist/service.js [--worker worker.ts] [--folder data/orders.checkpoints] [--brokers HOST:PORT] …`: the service. It
 * reads orders, keeps their state, and sends receipts. SIGTERM and Ctrl-C end it; `kill -9` does as well.
 */
const { values } = parseArgs({
  options: {
    worker: { type: 'string', default: 'worker.ts' },
    folder: { type: 'string', default: 'data/orders.checkpoints' },
    brokers: { type: 'string', default: process.env['KAFKA_BROKERS'] ?? '127.0.0.1:9092' },
    group: { type: 'string', default: 'orders-service' },
    orders: { type: 'string', default: 'orders' },
    receipts: { type: 'string', default: 'receipts' },
  },
});
const checkpointer = await openCheckpointer({
  folder: values.folder,
  worker: values.worker,
  every: { events: 500, seconds: 60 },
});
const kafka = new Kafka({ clientId: 'orders-service', brokers: values.brokers.split(','), logLevel: logLevel.ERROR });
const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
await producer.connect();
const consumer = kafka.consumer({ groupId: values.group });
await consumer.connect();
await consumer.subscribe({ topics: [values.orders], fromBeginning: true });
await runConsumer(checkpointer, {
  kafka,
  consumer,
  topics: [values.orders],
  batchEvents: 100,
  // Behind the commit, and again after a crash between the two: readers drop repeats by the id.
  send: async (outputs) => {
    await producer.send({
      topic: values.receipts,
      acks: -1,
      messages: outputs.map(({ id, key, value }) => ({ key, value: JSON.stringify(value), headers: { id } })),
    });
  },
});

const told = setInterval(() => {
  const { events, commits, unsent } = checkpointer.metrics();
  console.log(`${events} events in ${commits} commits, ${unsent} receipts to send`);
}, 1000);
const stop = async (): Promise<void> => {
  clearInterval(told);
  await consumer.disconnect();
  await producer.disconnect();
  await checkpointer.checkpoint();
  await checkpointer.close();
};
for (const signal of ['SIGTERM', 'SIGINT'] as const)
  process.once(signal, () => {
    stop().catch((error: unknown) => {
      console.error(error);
      process.exitCode = 1;
    });
  });
console.log('the service runs; Ctrl-C stops it');
