import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
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
    if (!transactional) await producer.send({ topic, messages });
    else {
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
