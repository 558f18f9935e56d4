import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Kafka } from 'kafkajs';
import { balanceWorker, type SmallEvent } from './small-incident.js';

export function clientOf(bootstrap: string): Kafka {
  return new Kafka({
    clientId: 'test',
    brokers: bootstrap.split(','),
    logCreator: () => () => undefined,
    retry: { initialRetryTime: 20, retries: 10 },
  });
}

/** Puts the events into a new topic with two partitions, by their lanes and with their times. */
export async function produceEvents(
  bootstrap: string,
  topic: string,
  events: readonly SmallEvent[],
  options: {
    readonly create?: boolean;
    readonly transactional?: boolean;
    readonly encode?: (event: SmallEvent) => Buffer;
  } = {},
): Promise<void> {
  const kafka = clientOf(bootstrap);
  const admin = kafka.admin();
  await admin.connect();
  if (options.create !== false) {
    const configEntries = [{ name: 'retention.ms', value: '-1' }];
    await admin.createTopics({ waitForLeaders: true, topics: [{ topic, numPartitions: 2, configEntries }] });
  }
  await admin.disconnect();
  const transactional = options.transactional === true;
  // A broker that has just come back may answer late: what is then sent again must not stand in the log twice.
  const once = { maxInFlightRequests: 1, idempotent: true };
  const producer = kafka.producer(transactional ? { transactionalId: `${topic}-writer`, ...once } : once);
  await producer.connect();
  for (let at = 0; at < events.length; at += 200) {
    const messages = events.slice(at, at + 200).map((event) => ({
      partition: event.lane,
      key: event.account,
      timestamp: String(Date.parse(event.at)),
      value: options.encode?.(event) ?? JSON.stringify({ account: event.account, amount: event.amount }),
    }));
    if (!transactional) {
      const written = await producer.send({ topic, messages });
      // kafkajs drops messages for a partition that it does not know of, without a word.
      const partitions = new Set(messages.map(({ partition }) => partition));
      if (written.length !== partitions.size) throw new Error(`${topic}: a partition was not written to`);
    } else {
      const undone = await producer.transaction();
      await undone.send({ topic, messages });
      await undone.abort();
      const transaction = await producer.transaction();
      await transaction.send({ topic, messages });
      await transaction.commit();
    }
  }
  await producer.disconnect();
}

/** Adds partitions, and comes back when the broker tells of their leaders: nothing can be written to them before. */
export async function addPartitions(bootstrap: string, topic: string, count: number): Promise<void> {
  const admin = clientOf(bootstrap).admin();
  await admin.connect();
  await admin.createPartitions({ topicPartitions: [{ topic, count }] });
  const led = async (): Promise<number> => {
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    return topics[0]?.partitions.filter(({ leader }) => leader >= 0).length ?? 0;
  };
  while ((await led()) < count) await sleep(50);
  await admin.disconnect();
}

export async function deleteBefore(bootstrap: string, topic: string, offsets: readonly number[]): Promise<void> {
  const admin = clientOf(bootstrap).admin();
  await admin.connect();
  await admin.fetchTopicMetadata({ topics: [topic] });
  await admin.fetchTopicOffsets(topic); // kafkajs knows the leaders only then
  await admin.deleteTopicRecords({
    topic,
    partitions: offsets.map((offset, partition) => ({ partition, offset: String(offset) })),
  });
  await admin.disconnect();
}

/** Worker and incident file of a folder; `log` is what stands under `log`, in YAML's short form. */
export function writeKafkaIncident(folder: string, log: string, name = 'small'): void {
  writeFileSync(join(folder, 'worker.ts'), balanceWorker);
  writeFileSync(
    join(folder, `${name}.incident.yaml`),
    `format_version: 1\nname: ${name}\nworker: ./worker.ts\nlog: ${log}\nstore: .store-${name}\n`,
  );
}
