import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isRecoveryError } from '../../src/model/errors/recovery-error.js';
import { openArchive } from '../../src/sources/archive/open-archive.js';
import { openKafkaLog } from '../../src/sources/kafka/log/open-kafka-log.js';
import { saveTopics } from '../../src/sources/kafka/save/save-topics.js';
import { kafkaOrSkip, startKafkaBroker, type KafkaBroker } from '@eventmend/test-services';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newTopic, produce, readAll, unaccounted, withProducer } from './cluster-for-tests.js';
import { padding, startFaultyProxy, type FaultyProxy, type NetworkFault } from './faulty-proxy.js';

const describeWithKafka = await kafkaOrSkip(describe, { own: true });
const runs = process.env['EVENTMEND_FULL'] === undefined ? 5 : 20;
const seed = Number(process.env['EVENTMEND_FAULT_SEED'] ?? Date.now() % 2 ** 31);
const partitions = 3;
const events = 1200;

/** Places among the answers: the first ones are of metadata, the later ones of events. */
const place = fc.oneof(fc.integer({ min: 0, max: 600 }), fc.integer({ min: 0, max: 60_000 }));
const fault: fc.Arbitrary<NetworkFault> = fc.oneof(
  place.map((cutAfter) => ({ cutAfter })),
  place.map((halfCloseAfter) => ({ halfCloseAfter })),
  // Of the events: what stands outside of record batches (ends, lists of transactions) has no checksum in Kafka, and no
  // reader can notice a byte that was changed there.
  place.map((flipAt) => ({ flipAt })),
  place.map((after) => ({ stall: { after, ms: 400 } })),
);

describeWithKafka(`a network that cuts, stalls, half-closes and flips bytes (seed ${seed})`, () => {
  let broker: KafkaBroker;
  let proxy: FaultyProxy;
  let topic: string;
  let folder: string;
  const expected: string[][] = Array.from({ length: partitions }, () => []);

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'faulty-network-'));
    proxy = await startFaultyProxy();
    const port = await freePort();
    proxy.to(port);
    // The broker sends clients to the proxy, whatever they were told first.
    broker = await startKafkaBroker({
      port,
      properties: { 'advertised.listeners': `PLAINTEXT://127.0.0.1:${proxy.port}` },
    });
    topic = await newTopic(broker.bootstrap, { partitions });
    await withProducer(broker.bootstrap, { transactionalId: 'writer', maxInFlightRequests: 1 }, async (producer) => {
      for (let n = 0; n < events; n += 100) {
        for (const ending of ['commit', 'abort'] as const) {
          const values = Array.from(
            { length: 100 },
            (_, index) => `{"n":${n + index},"ending":"${ending}","text":"${padding.repeat(8)}"}`,
          );
          const transaction = await producer.transaction();
          await transaction.send({
            topic,
            messages: values.map((value, index) => ({ value, partition: index % partitions })),
          });
          await transaction[ending]();
          if (ending === 'commit') values.forEach((value, index) => expected[index % partitions]!.push(value));
        }
      }
    });
    await produce(broker.bootstrap, topic, [{ value: '{"last":true}', partition: 0 }]);
    expected[0]!.push('{"last":true}');
  });
  afterAll(async () => {
    await broker.stop();
    await proxy.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const connection = () => ({
    brokers: [`127.0.0.1:${proxy.port}`],
    requestTimeoutMs: 2500,
    connectionTimeoutMs: 2000,
  });

  async function readTopic(): Promise<void> {
    const log = await openKafkaLog({ connection: connection(), topics: [topic], fetchBytes: 5000, patienceMs: 8000 });
    try {
      const { partitions: described } = await log.describe();
      const read = await Promise.all(described.map((partition) => readAll(log, partition)));
      read.forEach((one, index) => {
        expect(one.events.map(({ value }) => value)).toEqual(expected[index]);
        expect(unaccounted(described[index]!.range, one)).toEqual([]);
      });
    } finally {
      log.close();
    }
  }

  async function saveTopic(archive: string): Promise<void> {
    await saveTopics({
      connection: connection(),
      topics: [topic],
      archive,
      fetchBytes: 5000,
      patienceMs: 8000,
      now: Date.now,
    });
    const log = openArchive(archive);
    try {
      const { partitions: described } = log.describe();
      for (const [index, partition] of described.entries()) {
        const read = await readAll(log, partition);
        expect(read.events.map(({ value }) => value)).toEqual(expected[index]);
      }
    } finally {
      log.close();
    }
  }

  /** Complete and right, or an error that says what it is. */
  async function outcome(work: () => Promise<void>): Promise<string> {
    try {
      await work();
      return 'complete';
    } catch (error) {
      if (!isRecoveryError(error) || !/^EM22\d\d$/.test(error.number)) throw error;
      return error.code;
    }
  }

  test('complete and right, or a clear error; and the same call goes on when the network is mended', async () => {
    const outcomes: string[] = [];
    for (const [run, faults] of fc
      .sample(fc.array(fault, { minLength: 3, maxLength: 8 }), { numRuns: runs, seed })
      .entries()) {
      const archive = join(folder, `${run}.archive`);
      for (const work of [readTopic, () => saveTopic(archive)]) {
        proxy.inject(...faults);
        outcomes.push(await outcome(work));
        proxy.inject();
        await work();
      }
    }
    console.log(`faulty network, seed ${seed}: ${proxy.happened()} faults, ${outcomes.join(' ')}`);
    expect(proxy.happened()).toBeGreaterThan(runs);
    expect(outcomes).toContain('complete');
  });

  test('a broker that never answers again is given up with an error that says so', async () => {
    proxy.inject(...Array.from({ length: 50 }, () => ({ stall: { after: 0, ms: 600_000 } })));
    const started = performance.now();
    const found = await outcome(readTopic);
    proxy.inject();
    expect(found).toBe('kafka-unreachable');
    expect(performance.now() - started).toBeLessThan(30_000);
  });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
