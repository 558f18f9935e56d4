import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Partitioners, type PartitionMetadata } from 'kafkajs';
import { clientOf } from './kafka-incident.js';

/** An account moves money; the service tells each movement, the new balance, and what it adds to the day. */
export interface Movement {
  readonly partition: number;
  readonly offset: number;
  readonly account: string;
  readonly cents: number;
  readonly time: number;
}

export interface Sent {
  readonly type: 'moved' | 'balance' | 'turnover' | 'mail';
  readonly key: string;
  readonly value: unknown;
  readonly of: Movement;
}

const movementWorker = `import { defineWorker } from '@eventmend/core';

export default defineWorker({
  name: 'movements',
  version: '1.0.1',
  locality: 'partition',
  key: ({ value }) => value.account,
  initial: () => ({ cents: 0 }),
  outputs: {
    moved: { kind: 'event', retract: (value) => ({ undo: value }) },
    balance: { kind: 'latest' },
    turnover: { kind: 'delta' },
    mail: { kind: 'effect' },
  },
  evolve(state, { value }, context) {
    const cents = state.cents + value.cents;
    context.emit('moved', { cents: value.cents });
    context.emit('balance', { cents });
    context.emit('turnover', Math.abs(value.cents));
    if (value.cents > 4900) context.emit('mail', { to: value.account });
    return { cents };
  },
});
`;

/** Movements of a few accounts in three partitions, by a rule. */
export function movements(count: number): Movement[] {
  const next = [0, 0, 0];
  return Array.from({ length: count }, (_, n) => {
    const account = `a${(n * 7) % 23}`;
    const partition = Number(account.slice(1)) % 3;
    const offset = next[partition]!++;
    return { partition, offset, account, cents: ((n * 37) % 100) * 100 - 4000, time: Date.UTC(2026, 2, 1) + n * 1000 };
  });
}

/** What the handler gives, written once more. */
export function outputsOf(all: readonly Movement[]): Sent[] {
  const balances = new Map<string, number>();
  return all.flatMap((of) => {
    const cents = (balances.get(of.account) ?? 0) + of.cents;
    balances.set(of.account, cents);
    const one = (type: Sent['type'], value: unknown): Sent => ({ type, key: of.account, value, of });
    return [
      one('moved', { cents: of.cents }),
      one('balance', { cents }),
      one('turnover', Math.abs(of.cents)),
      ...(of.cents > 4900 ? [one('mail', { to: of.account })] : []),
    ];
  });
}

/** Puts records of outputs into a topic as the service does: its key, its value as JSON, and of which event it is in headers. */
export async function sendAsService(bootstrap: string, topic: string, sent: readonly Sent[]): Promise<void> {
  const producer = clientOf(bootstrap).producer({
    idempotent: true,
    maxInFlightRequests: 1,
    createPartitioner: Partitioners.DefaultPartitioner,
  });
  await producer.connect();
  for (let at = 0; at < sent.length; at += 500) {
    await producer.send({
      topic,
      messages: sent.slice(at, at + 500).map(({ type, key, value, of }) => ({
        key,
        value: JSON.stringify(value),
        headers: { type, partition: String(of.partition), offset: String(of.offset) },
      })),
    });
  }
  await producer.disconnect();
}

/** The golden list of a topic that is rebuilt, by partition: lane by lane, and each lane in the order of its events. */
export function goldenOf(
  right: readonly Sent[],
  partition: number,
): readonly (readonly [type: string, key: string, value: string])[] {
  return [0, 1, 2].flatMap((lane) =>
    right
      .filter(({ type, key, of }) => type !== 'mail' && of.partition === lane && partitionOf(key) === partition)
      .map(({ type, key, value }) => [type, key, JSON.stringify(value)] as const),
  );
}

function partitionOf(key: string): number {
  const partitionMetadata = [0, 1, 2].map((partitionId) => ({ partitionId, leader: 1 }) as PartitionMetadata);
  return Partitioners.DefaultPartitioner()({ topic: '', partitionMetadata, message: { key, value: null } });
}

export async function sendMovements(bootstrap: string, topic: string, all: readonly Movement[]): Promise<void> {
  const producer = clientOf(bootstrap).producer({ idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  for (let at = 0; at < all.length; at += 500) {
    await producer.send({
      topic,
      messages: all.slice(at, at + 500).map(({ partition, account, cents, time }) => ({
        ...{ partition, key: account, timestamp: String(time) },
        value: JSON.stringify({ account, cents }),
      })),
    });
  }
  await producer.disconnect();
}

export async function makeTopics(
  bootstrap: string,
  topics: readonly string[],
  settings: Readonly<Record<string, string>> = {},
  replicationFactor = 1,
): Promise<void> {
  const admin = clientOf(bootstrap).admin();
  await admin.connect();
  const configEntries = Object.entries({ 'retention.ms': '-1', ...settings }).map(([name, value]) => ({ name, value }));
  // Of several brokers one may not know of the topic yet, and kafkajs takes that for an error.
  const several = replicationFactor > 1;
  await admin.createTopics({
    waitForLeaders: !several,
    topics: topics.map((topic) => ({ topic, numPartitions: 3, replicationFactor, configEntries })),
  });
  await admin.disconnect();
  if (several) for (const broker of bootstrap.split(',')) await untilKnown(broker, topics);
}

async function untilKnown(bootstrap: string, topics: readonly string[]): Promise<void> {
  const admin = clientOf(bootstrap).admin();
  await admin.connect();
  for (let waits = 0; ; waits++) {
    const known = await admin.fetchTopicMetadata({ topics: [...topics] }).catch((error: unknown) => {
      if (waits > 300) throw error;
    });
    if (known?.topics.every(({ partitions }) => partitions.every(({ leader }) => leader > 0)) === true) break;
    await sleep(100);
  }
  await admin.disconnect();
}

export function writeMovementIncident(
  folder: string,
  { bootstrap, events, outputs }: { readonly bootstrap: string; readonly events: string; readonly outputs: string },
): void {
  writeFileSync(join(folder, 'worker.ts'), movementWorker);
  writeFileSync(
    join(folder, 'movements.incident.yaml'),
    `format_version: 1
name: movements
worker: ./worker.ts
log: { topics: [${events}], kafka: { brokers: '${bootstrap}' } }
live:
  outputs:
    kafka: { brokers: '${bootstrap}', topics: [${outputs}] }
    mapping:
      output: { column: headers.type }
      key: key
      value: { column: value }
      event: { topic: ${events}, partition: headers.partition, offset: headers.offset }
    order: partition
store: .store
`,
  );
}

/** The ends of a topic's partitions, added up: enough to see that something is happening. */
export async function endOf(bootstrap: string, topic: string): Promise<number> {
  const admin = clientOf(bootstrap).admin();
  await admin.connect();
  const ends = await admin.fetchTopicOffsets(topic);
  await admin.disconnect();
  return ends.reduce((sum, { high }) => sum + Number(high), 0);
}
