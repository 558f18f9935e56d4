// A consumer of its own, in a process of its own: what a reader of the topic sees. Prints a line of JSON a record, ends when it
// has been at the end of every partition. `node read-committed.mjs BOOTSTRAP TOPIC`
import { randomUUID } from 'node:crypto';
import { Kafka, logLevel } from 'kafkajs';

const [bootstrap, topic] = process.argv.slice(2);
const kafka = new Kafka({ clientId: 'reader', brokers: [bootstrap], logLevel: logLevel.NOTHING, retry: { initialRetryTime: 20 } });
const admin = kafka.admin();
await admin.connect();
const ends = new Map(
  (await admin.fetchTopicOffsets(topic)).map(({ partition, high, low }) => [partition, { high: Number(high), low: Number(low) }]),
);
const waiting = new Set([...ends].filter(([, { high, low }]) => high > low).map(([partition]) => partition));
const consumer = kafka.consumer({ groupId: `reader-${randomUUID()}`, readUncommitted: false, maxWaitTimeInMs: 50 });
await consumer.connect();
await consumer.subscribe({ topics: [topic], fromBeginning: true });
let done;
const ended = new Promise((resolve) => (done = resolve));
if (waiting.size === 0) done();
consumer.run({
  eachBatchAutoResolve: true,
  eachBatch: async ({ batch }) => {
    const { high } = ends.get(batch.partition);
    for (const { key, value, headers, offset, timestamp } of batch.messages) {
      if (Number(offset) >= high) break;
      const named = Object.fromEntries(Object.entries(headers ?? {}).map(([name, bytes]) => [name, String(bytes)]));
      console.log(
        JSON.stringify({
          ...{ partition: batch.partition, offset, time: Number(timestamp), key: key?.toString() ?? null },
          ...{ value: value?.toString() ?? null, headers: named },
        }),
      );
    }
    if (Number(batch.lastOffset()) + 1 >= high) waiting.delete(batch.partition);
    if (waiting.size === 0) done();
  },
});
const patience = setTimeout(() => {
  console.error(`not at the end of ${[...waiting].join()}`);
  process.exitCode = 1;
  done();
}, 60_000);
await ended;
clearTimeout(patience);
await consumer.disconnect();
await admin.disconnect();
