import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openNdjsonSnapshots } from '@eventmend/core';
import { brokerForTests, kafkaOrSkip, type KafkaForTests } from '@eventmend/test-services';
import Database from 'better-sqlite3';
import kafkajs from 'kafkajs';
import { afterAll, beforeAll, expect, test, describe } from 'vitest';

const describeWithKafka = await kafkaOrSkip(describe);
const full = process.env['EVENTMEND_FULL'] !== undefined;
const partitions = 4;
const keys = 23;

describeWithKafka('three members of a group that share a store', () => {
  let kafkaForTests: KafkaForTests;
  let folder: string;
  const children = new Set<ChildProcess>();

  beforeAll(async () => {
    kafkaForTests = await brokerForTests();
    folder = mkdtempSync(join(tmpdir(), 'eventmend-members-'));
  });

  afterAll(async () => {
    for (const child of children) child.kill('SIGKILL');
    await kafkaForTests.broker?.stop();
    rmSync(folder, { recursive: true });
  });

  test('apply every event once, in order, through kills, stops and a rolling restart', async () => {
    const bootstrap = kafkaForTests.broker?.bootstrap ?? '';
    const topic = `orders-${randomUUID().slice(0, 8)}`;
    const store = join(folder, 'store');
    const seed = Math.floor(Math.random() * 2 ** 31);
    process.stderr.write(`seed ${seed}\n`);
    const random = randomOf(seed);
    const kafka = new kafkajs.Kafka({
      clientId: 'test',
      brokers: bootstrap.split(','),
      logLevel: kafkajs.logLevel.NOTHING,
    });
    const admin = kafka.admin();
    await admin.connect();
    await admin.createTopics({
      waitForLeaders: true,
      topics: [{ topic, numPartitions: partitions, configEntries: [{ name: 'retention.ms', value: '-1' }] }],
    });
    const producer = kafka.producer({ allowAutoTopicCreation: false, idempotent: true, maxInFlightRequests: 1 });
    await producer.connect();

    const member = async (): Promise<ChildProcess> => {
      const argument = JSON.stringify({ brokers: bootstrap.split(','), group: topic, topic, folder: store });
      const child = spawn(process.execPath, [join(import.meta.dirname, 'processes', 'member.mjs'), argument], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      children.add(child);
      child.on('exit', () => children.delete(child));
      return child;
    };

    /** What a plain loop over all events makes of each key. */
    const expected = new Map<string, { count: number; trail: number }>();
    let n = 0;
    const produce = async (count: number): Promise<void> => {
      const messages = Array.from({ length: count }, () => {
        n++;
        const key = `key-${Math.floor(random() * keys)}`;
        const before = expected.get(key) ?? { count: 0, trail: 0 };
        expected.set(key, { count: before.count + 1, trail: (before.trail * 31 + n) % 1_000_003 });
        // A key always goes to one partition; its events come in the order in which they are made.
        return {
          key,
          value: JSON.stringify({ n }),
          partition: Number(key.slice(4)) % partitions,
          timestamp: String(1_767_225_600_000 + n),
        };
      });
      await producer.send({ topic, messages });
    };

    const members = [await member(), await member(), await member()];
    const rounds = full ? 30 : 6;
    for (let round = 0; round < rounds; round++) {
      for (let part = 0; part < 10; part++) {
        await produce(100);
        await sleep(100);
      }
      const index = Math.floor(random() * members.length);
      const victim = members[index];
      if (victim === undefined) throw new Error('no member');
      if (round % 3 === 0) {
        // A zombie: stopped for longer than its session, then it goes on with what it had in hand.
        victim.kill('SIGSTOP');
        await sleep(8000);
        victim.kill('SIGCONT');
      } else {
        victim.kill(round % 3 === 1 ? 'SIGKILL' : 'SIGTERM');
        members[index] = await member();
      }
    }
    await produce(50);

    const read = (): Map<string, { count: number; trail: number; events: number }> => {
      const database = new Database(join(store, 'live.sqlite'), { readonly: true });
      try {
        const rows = database.prepare<[], { key: string; text: string; proof: string }>(
          'SELECT key, text, proof FROM states',
        );
        return new Map(
          rows.all().map(({ key, text, proof }) => [
            key,
            {
              ...(JSON.parse(text) as { count: number; trail: number }),
              events: (JSON.parse(proof) as { events: number }).events,
            },
          ]),
        );
      } finally {
        database.close();
      }
    };
    const deadline = Date.now() + 90_000;
    const total = (): number => [...read().values()].reduce((sum, { count }) => sum + count, 0);
    while ((!existsSync(join(store, 'live.sqlite')) || total() < n) && Date.now() < deadline) await sleep(500);
    const applied = read();
    expect(Object.fromEntries([...applied].map(([key, { count, trail }]) => [key, { count, trail }]))).toEqual(
      Object.fromEntries(expected),
    );
    for (const [key, { count, events }] of applied) expect([key, events]).toEqual([key, count]);

    const sentAll = async (): Promise<boolean> => {
      const database = new Database(join(store, 'live.sqlite'), { readonly: true });
      const left = database.prepare<[], number>('SELECT count(*) FROM outbox').pluck().get();
      database.close();
      return left === 0;
    };
    while (!(await sentAll()) && Date.now() < deadline) await sleep(200);
    const sent = readFileSync(join(store, 'sent.txt'), 'utf8').trim().split('\n');
    expect(new Set(sent).size).toBe(n);

    for (const child of members) child.kill('SIGTERM');
    await Promise.all(
      members.map(async (child) => {
        if (child.exitCode === null) await once(child, 'exit');
      }),
    );
    const snapshots = openNdjsonSnapshots(store);
    const { snapshots: listed, damaged } = await snapshots.list();
    expect(damaged).toEqual([]);
    expect(listed.length).toBeGreaterThan(3);
    await producer.disconnect();
    await admin.disconnect();
  }, 600_000);
});

/** Mulberry32. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
