import type { EventLog, PartitionDescription } from '@eventmend/core';
import { Kafka, type Producer } from 'kafkajs';

/** Events of one request; kafkajs makes one record batch of them. */
const batch = 2000;

/**
 * Writes a log into a new topic with as many partitions, each event where it stood and with its time, so that its offset is
 * the same too. The topic keeps everything: the flights are from 2001, and any retention would take them at once.
 */
export async function fillTopic(
  log: EventLog,
  brokers: string[],
  topic: string,
  tell: (done: number) => void,
): Promise<number> {
  const { partitions } = await log.describe();
  const kafka = new Kafka({ clientId: 'flights', brokers, logCreator: () => () => undefined });
  const admin = kafka.admin();
  await admin.connect();
  const configEntries = [{ name: 'retention.ms', value: '-1' }];
  const created = await admin.createTopics({
    waitForLeaders: true,
    topics: [{ topic, numPartitions: partitions.length, configEntries }],
  });
  await admin.disconnect();
  if (!created) throw new Error(`there is a topic ${topic} already: its events would no longer be those of the log`);
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  let done = 0;
  try {
    for (const partition of partitions) {
      for await (const sent of fillPartition(log, partition, producer, topic)) tell((done += sent));
    }
  } finally {
    await producer.disconnect();
  }
  return done;
}

async function* fillPartition(
  log: EventLog,
  partition: PartitionDescription,
  producer: Producer,
  topic: string,
): AsyncGenerator<number> {
  const reader = log.read({ ...partition, ...partition.range });
  let messages: { key: string | null; value: Buffer | null; timestamp: string; partition: number }[] = [];
  for (let page = await reader.next(); page !== null; page = await reader.next()) {
    for (let index = 0; index < page.count; index++) {
      const value = page.valueBytes(index);
      messages.push({
        partition: partition.partition,
        key: page.keys[index] ?? null,
        value: value === null ? null : Buffer.from(value),
        timestamp: String(page.timestamps[index]),
      });
    }
    if (messages.length < batch) continue;
    await producer.send({ topic, messages });
    yield messages.length;
    messages = [];
  }
  if (messages.length > 0) await producer.send({ topic, messages });
  yield messages.length;
}
