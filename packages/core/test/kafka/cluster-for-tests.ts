import { randomUUID } from 'node:crypto';
import type { EventLog, LogHole, PartitionDescription } from '../../src/model/log/event-log.js';
import { Kafka, type Admin, type ITopicConfig, type Message, type Producer } from 'kafkajs';

/** A client that is silent about what passes by itself. */
export function clientOf(bootstrap: string): Kafka {
  return new Kafka({
    clientId: 'test',
    brokers: [bootstrap],
    logCreator: () => () => undefined,
    retry: { initialRetryTime: 20, retries: 10 },
  });
}

export async function withAdmin<Result>(bootstrap: string, action: (admin: Admin) => Promise<Result>): Promise<Result> {
  const admin = clientOf(bootstrap).admin();
  await admin.connect();
  try {
    return await action(admin);
  } finally {
    await admin.disconnect();
  }
}

/** A new topic that keeps what it is given, whatever its times. */
export async function newTopic(
  bootstrap: string,
  options: {
    readonly partitions?: number;
    readonly settings?: Readonly<Record<string, string>>;
    readonly name?: string;
  } = {},
): Promise<string> {
  const topic = options.name ?? `topic-${randomUUID().slice(0, 8)}`;
  const settings = { 'retention.ms': '-1', ...options.settings };
  const config: ITopicConfig = {
    topic,
    numPartitions: options.partitions ?? 1,
    configEntries: Object.entries(settings).map(([name, value]) => ({ name, value })),
  };
  await withAdmin(bootstrap, async (admin) => {
    await admin.createTopics({ waitForLeaders: true, topics: [config] });
  });
  return topic;
}

/** In batches of 50. */
export async function produce(bootstrap: string, topic: string, messages: readonly Message[]): Promise<void> {
  await withProducer(bootstrap, {}, async (producer) => {
    for (let at = 0; at < messages.length; at += 50) {
      await producer.send({ topic, messages: messages.slice(at, at + 50) });
    }
  });
}

/** Deletes what is below an offset of partition 0. */
export async function deleteBefore(bootstrap: string, topic: string, offset: number): Promise<void> {
  await withAdmin(bootstrap, async (admin) => {
    await admin.fetchTopicMetadata({ topics: [topic] });
    await admin.fetchTopicOffsets(topic); // kafkajs knows the leaders only then
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: String(offset) }] });
  });
}

export async function withProducer<Result>(
  bootstrap: string,
  config: Parameters<Kafka['producer']>[0],
  action: (producer: Producer) => Promise<Result>,
): Promise<Result> {
  // A broker that answers late is sent the same again, which must not stand in the log twice.
  const producer = clientOf(bootstrap).producer({ idempotent: true, maxInFlightRequests: 1, ...config });
  await producer.connect();
  try {
    return await action(producer);
  } finally {
    await producer.disconnect();
  }
}

export interface ReadEvent {
  readonly offset: number;
  readonly time: number;
  readonly key: string | null;
  readonly value: string | null;
}

/** All events of a range with the holes between them, in the order in which they came. */
export async function readAll(
  log: EventLog,
  partition: PartitionDescription,
  range: { readonly from: number; readonly to: number } = partition.range,
): Promise<{ readonly events: readonly ReadEvent[]; readonly holes: readonly LogHole[] }> {
  const events: ReadEvent[] = [];
  const holes: LogHole[] = [];
  const reader = log.read({ ...partition, from: range.from, to: range.to, onHole: (hole) => holes.push(hole) });
  try {
    for (let page = await reader.next(); page !== null; page = await reader.next()) {
      for (let index = 0; index < page.count; index++) {
        const value = page.valueBytes(index);
        events.push({
          offset: page.offsets[index] as number,
          time: page.timestamps[index] as number,
          key: page.keys[index] ?? null,
          value: value === null ? null : Buffer.from(value).toString('latin1'),
        });
      }
    }
  } finally {
    reader.close();
  }
  return { events, holes };
}

/** Every offset of a range must be an event or in one hole. */
export function unaccounted(
  range: { readonly from: number; readonly to: number },
  { events, holes }: { readonly events: readonly ReadEvent[]; readonly holes: readonly LogHole[] },
): readonly number[] {
  const times = new Map<number, number>();
  for (const { offset } of events) times.set(offset, (times.get(offset) ?? 0) + 1);
  for (const { from, to } of holes) {
    for (let offset = from; offset < to; offset++) times.set(offset, (times.get(offset) ?? 0) + 1);
  }
  const wrong: number[] = [];
  for (let offset = range.from; offset < range.to; offset++) if (times.get(offset) !== 1) wrong.push(offset);
  return wrong;
}
