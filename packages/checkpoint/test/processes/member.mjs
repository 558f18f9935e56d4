// A member of a consumer group that commits into a shared folder. Argument: JSON {brokers, group, topic, folder}.
import { defineWorker } from '@eventmend/core';
import { openCheckpointer, runConsumer } from '@eventmend/checkpoint';
import kafkajs from 'kafkajs';

const { brokers, group, topic, folder } = JSON.parse(process.argv[2]);

/** The state depends on the order of the events of its key, and on each being applied once. */
const worker = defineWorker({
  name: 'ledger',
  version: '1.0.0',
  key: (event) => event.key,
  initial: () => ({ count: 0, trail: 0 }),
  outputs: { told: { kind: 'event' } },
  evolve: ({ count, trail }, { value }, context) => {
    context.emit('told', { count: count + 1 });
    return { count: count + 1, trail: (trail * 31 + value.n) % 1_000_003 };
  },
});

const kafka = new kafkajs.Kafka({ clientId: 'member', brokers, logLevel: kafkajs.logLevel.NOTHING });
const consumer = kafka.consumer({
  groupId: group,
  sessionTimeout: 6000,
  heartbeatInterval: 500,
  rebalanceTimeout: 6000,
  maxWaitTimeInMs: 200,
});
const checkpointer = await openCheckpointer({ folder, worker, every: { events: 500, seconds: 3600 }, fullEvery: 4 });
await consumer.connect();
await consumer.subscribe({ topics: [topic], fromBeginning: true });
consumer.on(consumer.events.CRASH, ({ payload }) => {
  process.stderr.write(`crash ${payload.error.stack}\n`);
});
consumer.on(consumer.events.GROUP_JOIN, () => process.stdout.write('joined\n'));
await runConsumer(checkpointer, {
  kafka,
  consumer,
  topics: [topic],
  batchEvents: 50,
  // Outputs go to a file that every member appends to: what is sent twice is seen there.
  send: async (outputs) => {
    const { appendFileSync } = await import('node:fs');
    appendFileSync(`${folder}/sent.txt`, outputs.map(({ id }) => `${id}\n`).join(''));
  },
});
process.on('SIGTERM', async () => {
  await consumer.disconnect();
  await checkpointer.close();
  process.exit(0);
});
