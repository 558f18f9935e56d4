import { setTimeout as sleep } from 'node:timers/promises';
import type { RecoveryError } from '../../src/model/errors/recovery-error.js';
import { openKafkaLog, type KafkaLogSettings } from '../../src/sources/kafka/log/open-kafka-log.js';
import { kafkaOrSkip, startKafkaBroker, testedKafkaVersions, type KafkaBroker } from '@eventmend/test-services';
import fc from 'fast-check';
import type { Producer } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  clientOf,
  deleteBefore,
  newTopic,
  produce,
  readAll,
  unaccounted,
  withAdmin,
  withProducer,
} from './cluster-for-tests.js';

const describeWithKafka = await kafkaOrSkip(describe, { versions: testedKafkaVersions, own: true });
const full = process.env['EVENTMEND_FULL'] !== undefined;

async function withLog<Result>(
  broker: KafkaBroker,
  topic: string,
  settings: Partial<KafkaLogSettings>,
  action: (log: Awaited<ReturnType<typeof openKafkaLog>>) => Promise<Result>,
): Promise<Result> {
  const log = await openKafkaLog({ connection: { brokers: [broker.bootstrap] }, topics: [topic], ...settings });
  try {
    return await action(log);
  } finally {
    log.close();
  }
}

async function failure(action: () => Promise<unknown>): Promise<RecoveryError> {
  try {
    await action();
  } catch (error) {
    return error as RecoveryError;
  }
  throw new Error('it did not fail');
}

for (const version of testedKafkaVersions) {
  describeWithKafka(`reading from Kafka ${version}`, () => {
    let broker: KafkaBroker;
    beforeAll(async () => {
      broker = await startKafkaBroker({ version });
    });
    afterAll(() => broker.stop());

    test('interleaved transactions: committed, aborted and events without one, whatever the size of an answer', async () => {
      const outcomes = fc.array(
        fc.record({
          producer: fc.integer({ min: 0, max: 2 }),
          events: fc.integer({ min: 1, max: 4 }),
          then: fc.constantFrom('go on', 'commit', 'abort'),
        }),
        { minLength: 10, maxLength: 40 },
      );
      const seed = Date.now() % 2 ** 31;
      console.log(`interleaved transactions, seed ${seed}`);
      for (const script of fc.sample(outcomes, { numRuns: full ? 10 : 2, seed })) {
        const topic = await newTopic(broker.bootstrap);
        const expected = await playTransactions(broker.bootstrap, topic, script);
        for (const plainKafkajs of [false, true]) {
          for (const fetchBytes of [150, 1_000_000]) {
            await withLog(broker, topic, { plainKafkajs, fetchBytes }, async (log) => {
              const [partition] = (await log.describe()).partitions;
              const read = await readAll(log, partition!);
              expect(read.events.map(({ value }) => value)).toEqual(expected.committed);
              expect(unaccounted(partition!.range, read)).toEqual([]);
              expect(new Set(read.holes.map(({ reason }) => reason)).has('missing')).toBe(false);
            });
            await withLog(broker, topic, { plainKafkajs, fetchBytes, isolation: 'uncommitted' }, async (log) => {
              const [partition] = (await log.describe()).partitions;
              const read = await readAll(log, partition!);
              expect(read.events.map(({ value }) => value)).toEqual(expected.all);
              expect(unaccounted(partition!.range, read)).toEqual([]);
              expect(read.holes.every(({ reason }) => reason === 'control')).toBe(true);
            });
          }
        }
      }
    });

    test.each(['uncompressed', 'gzip', 'snappy', 'lz4', 'zstd'])(
      'batches in %s, as the broker packs them',
      async (codec) => {
        const topic = await newTopic(broker.bootstrap, { settings: { 'compression.type': codec } });
        const values = Array.from({ length: 500 }, (_, index) => `{"n":${index},"text":"${'ab'.repeat(index % 90)}"}`);
        await produce(
          broker.bootstrap,
          topic,
          values.map((value) => ({ value })),
        );
        for (const plainKafkajs of [false, true]) {
          await withLog(broker, topic, { plainKafkajs }, async (log) => {
            const [partition] = (await log.describe()).partitions;
            expect((await readAll(log, partition!)).events.map(({ value }) => value)).toEqual(values);
          });
        }
      },
    );

    test('tombstones, null keys, bytes that are no text, headers, and who set the time', async () => {
      const created = await newTopic(broker.bootstrap);
      const appended = await newTopic(broker.bootstrap, { settings: { 'message.timestamp.type': 'LogAppendTime' } });
      const before = Date.now();
      for (const topic of [created, appended]) {
        await produce(broker.bootstrap, topic, [
          { key: 'a', value: null, timestamp: '1000' },
          {
            key: null,
            value: '',
            timestamp: '2000',
            headers: { text: 'yes', bytes: Buffer.from([0xff]), twice: ['1', '2'] },
          },
          { key: Buffer.from([0xc3, 0x28]), value: Buffer.from([0xc3, 0x28]), timestamp: '3000' },
        ]);
      }
      await withLog(broker, created, {}, async (log) => {
        const [partition] = (await log.describe()).partitions;
        const page = await log.read({ ...partition!, ...partition!.range }).next();
        expect(Array.from(page!.timestamps)).toEqual([1000, 2000, 3000]);
        expect(page!.keys).toEqual(['a', null, null]);
        expect(page!.keyBytes(2)).toEqual(Buffer.from([0xc3, 0x28]));
        expect(page!.values[0]).toBeNull();
        expect([...page!.undecodable!]).toEqual([
          [1, 'empty'],
          [2, 'not valid UTF-8'],
        ]);
        expect(page!.headers).toEqual([
          null,
          [
            ['text', 'yes'],
            ['bytes', { base64: '/w==' }],
            ['twice', '1'],
            ['twice', '2'],
          ],
          null,
        ]);
      });
      await withLog(broker, appended, {}, async (log) => {
        const [partition] = (await log.describe()).partitions;
        const { events } = await readAll(log, partition!);
        expect(events.every(({ time }) => time >= before)).toBe(true);
      });
    });

    test('a compacted topic: the first event that is really there, and every hole', async () => {
      const topic = await newTopic(broker.bootstrap, {
        settings: {
          'cleanup.policy': 'compact',
          'segment.ms': '200',
          'min.cleanable.dirty.ratio': '0.001',
          'min.compaction.lag.ms': '0',
          'delete.retention.ms': '0',
        },
      });
      const written: { key: string; value: string | null }[] = [];
      for (let round = 0; round < 6; round++) {
        const messages = Array.from({ length: 40 }, (_, index) => ({
          key: `k${(round * 40 + index) % 50}`,
          value: index % 7 === 0 ? null : JSON.stringify({ round, index }),
        }));
        written.push(...messages);
        await produce(broker.bootstrap, topic, messages);
        await sleep(250);
      }
      await expect
        .poll(
          () =>
            withLog(broker, topic, {}, async (log) => {
              const [partition] = (await log.describe()).partitions;
              return partition!.range.from + partition!.holes.length;
            }),
          { timeout: 120_000, interval: 500 },
        )
        .toBeGreaterThan(0);
      await withLog(broker, topic, { fetchBytes: 500 }, async (log) => {
        const [partition] = (await log.describe()).partitions;
        const { events, holes } = await readAll(log, partition!, { from: 0, to: partition!.range.to });
        expect(unaccounted({ from: 0, to: partition!.range.to }, { events, holes })).toEqual([]);
        expect(holes.every(({ reason }) => reason === 'compacted')).toBe(true);
        // Holes of one answer after the other may stand side by side.
        expect(partition!.range.from).toBe(events[0]?.offset);
        for (const { offset, key, value } of events) expect({ key, value }).toEqual(written[offset]);
      });
    });

    test('what was deleted is an error that names the offsets, before and during a read', async () => {
      const topic = await newTopic(broker.bootstrap);
      await produce(broker.bootstrap, topic, numbered(0, 600));
      await withLog(broker, topic, { fetchBytes: 2000 }, async (log) => {
        const [partition] = (await log.describe()).partitions;
        const reader = log.read({ ...partition!, ...partition!.range });
        const first = await reader.next();
        await deleteBefore(broker.bootstrap, topic, 500);
        let last = first!.offsets[first!.count - 1] as number;
        const error = await failure(async () => {
          for (let page = await reader.next(); page !== null; page = await reader.next()) {
            expect(page.offsets[0]).toBe(last + 1);
            last = page.offsets[page.count - 1] as number;
          }
        });
        expect(error.code).toBe('log-changed');
        expect(error.message).toContain(`begins at 500: ${500 - last - 1} offsets from ${last + 1} on are gone`);
        const again = (await log.describe()).partitions[0];
        expect(again!.range.from).toBe(500);
        expect(again!.beginning).toBe(0);
      });
    });

    test('a topic that was deleted and made again is another topic', async () => {
      const topic = await newTopic(broker.bootstrap);
      await produce(broker.bootstrap, topic, numbered(0, 300));
      await withLog(broker, topic, { fetchBytes: 1000 }, async (log) => {
        const before = await log.describe();
        const reader = log.read({ ...before.partitions[0]!, ...before.partitions[0]!.range });
        await reader.next();
        await withAdmin(broker.bootstrap, (admin) => admin.deleteTopics({ topics: [topic] }));
        await newTopic(broker.bootstrap, { name: topic });
        await produce(broker.bootstrap, topic, numbered(0, 300));
        const error = await failure(async () => {
          while ((await reader.next()) !== null);
        });
        expect(error.code).toBe('log-changed');
        expect(error.message).toContain('deleted, or deleted and made again');
        const after = await log.describe();
        expect(after.fingerprint).not.toBe(before.fingerprint);
        expect(after.partitions[0]!.incarnation).not.toBe(before.partitions[0]!.incarnation);
      });
    });

    test('an open transaction that does not end is named with its producer', async () => {
      const topic = await newTopic(broker.bootstrap);
      await produce(broker.bootstrap, topic, numbered(0, 10));
      await withProducer(
        broker.bootstrap,
        { transactionalId: `hangs-${topic}`, maxInFlightRequests: 1 },
        async (hanging) => {
          const transaction = await hanging.transaction();
          await transaction.send({ topic, messages: [{ value: '{"open":true}' }] });
          await produce(broker.bootstrap, topic, numbered(11, 20));
          await withLog(broker, topic, { transactionWaitMs: 300 }, async (log) => {
            const [partition] = (await log.describe()).partitions;
            expect(partition!.range).toEqual({ from: 0, to: 10 });
            expect(partition!.heldBack).toMatchObject({ to: 20 });
            expect(partition!.heldBack!.by).toMatch(/^producer \d+ \(epoch \d+, begun at offset 10/);
            const error = await failure(() => readAll(log, partition!, { from: 0, to: 20 }));
            expect(error.code).toBe('open-transaction');
            expect(error.message).toMatch(/\[0\]: an open transaction of producer \d+ .* offset 10 to 19/);
          });
          await transaction.abort();
          await withLog(broker, topic, {}, async (log) => {
            const [partition] = (await log.describe()).partitions;
            const read = await readAll(log, partition!);
            expect(read.events).toHaveLength(19);
            expect(unaccounted(partition!.range, read)).toEqual([]);
          });
        },
      );
    });

    test('a broker that is killed and comes back is waited for, and nothing is lost or doubled', async () => {
      const topic = await newTopic(broker.bootstrap, { partitions: 2 });
      for (const partition of [0, 1]) {
        await produce(
          broker.bootstrap,
          topic,
          numbered(0, 2000).map((message) => ({ ...message, partition })),
        );
      }
      await withLog(broker, topic, { fetchBytes: 3000 }, async (log) => {
        const { partitions } = await log.describe();
        const reading = Promise.all(partitions.map((partition) => readAll(log, partition)));
        await sleep(20);
        await broker.kill();
        await broker.restart();
        for (const { events } of await reading) {
          expect(events.map(({ value }) => value)).toEqual(numbered(0, 2000).map(({ value }) => value));
        }
      });
    });

    test('topics, partitions and clusters that are not there', async () => {
      const unknown = await failure(() => withLog(broker, 'nothing-of-that-name', {}, async () => undefined));
      expect(unknown.code).toBe('kafka-topic-not-found');
    });
  });
}

function numbered(from: number, to: number): { value: string }[] {
  return Array.from({ length: to - from }, (_, index) => ({ value: `{"n":${from + index}}` }));
}

interface Step {
  readonly producer: number;
  readonly events: number;
  readonly then: 'go on' | 'commit' | 'abort';
}

/** Producer 0 sends without a transaction. All transactions are ended in the end. */
async function playTransactions(
  bootstrap: string,
  topic: string,
  script: readonly Step[],
): Promise<{ readonly all: readonly string[]; readonly committed: readonly string[] }> {
  const kafka = clientOf(bootstrap);
  const producers: Producer[] = [0, 1, 2].map((number) =>
    kafka.producer({
      ...(number > 0 && { transactionalId: `${topic}-${number}` }),
      idempotent: true,
      maxInFlightRequests: 1,
    }),
  );
  for (const producer of producers) await producer.connect();
  const open = new Map<number, Awaited<ReturnType<Producer['transaction']>>>();
  const sent: { readonly value: string; fate: 'open' | 'committed' | 'aborted'; readonly producer: number }[] = [];
  const end = async (producer: number, fate: 'commit' | 'abort'): Promise<void> => {
    const transaction = open.get(producer);
    if (transaction === undefined) return;
    await transaction[fate]();
    open.delete(producer);
    for (const one of sent)
      if (one.producer === producer && one.fate === 'open') one.fate = fate === 'commit' ? 'committed' : 'aborted';
  };
  for (const [index, { producer, events, then }] of script.entries()) {
    const values = Array.from({ length: events }, (_, n) => `{"step":${index},"n":${n}}`);
    const messages = values.map((value) => ({ value }));
    if (producer === 0) await producers[0]!.send({ topic, messages });
    else {
      const transaction = open.get(producer) ?? (await producers[producer]!.transaction());
      open.set(producer, transaction);
      await transaction.send({ topic, messages });
    }
    sent.push(
      ...values.map((value) => ({
        value,
        fate: producer === 0 ? ('committed' as const) : ('open' as const),
        producer,
      })),
    );
    if (producer !== 0 && then !== 'go on') await end(producer, then);
  }
  for (const producer of [1, 2]) await end(producer, producer === 1 ? 'commit' : 'abort');
  for (const producer of producers) await producer.disconnect();
  return {
    all: sent.map(({ value }) => value),
    committed: sent.filter(({ fate }) => fate === 'committed').map(({ value }) => value),
  };
}
