import Database from 'better-sqlite3';
import { appendFileSync, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describeArchive } from '@eventmend/core/archive';
import { openRunCatalogue } from '@eventmend/core/sqlite';
import { kafkaOrSkip, startKafkaBroker, startSchemaRegistry, type KafkaBroker } from '@eventmend/test-services';
import { ConfigResourceTypes } from 'kafkajs';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { addPartitions, clientOf, deleteBefore, produceEvents, writeKafkaIncident } from './kafka-incident.js';
import { expectedBalances, smallEvents } from './small-incident.js';
import { runEventmend } from './run-eventmend.js';
import { spawnEventmend, type Ended } from './spawn-eventmend.js';
import { temporaryFolder } from './temporary-folder.js';

const describeWithKafka = await kafkaOrSkip(describe, { own: true });
const full = process.env['EVENTMEND_FULL'] === '1';
const kills = full ? 40 : 2;
const seed = Number(process.env['EVENTMEND_KILL_SEED'] ?? 20261126);

describeWithKafka('eventmend with a Kafka cluster', () => {
  let broker: KafkaBroker;
  let folder: string;
  let count = 0;
  let topic: string;
  beforeAll(async () => {
    broker = await startKafkaBroker();
  });
  afterAll(() => broker.stop());
  beforeEach(() => temporaryFolder((path) => (folder = path)));
  beforeEach(() => {
    topic = `bookings-${count++}`;
  });

  const run = (...words: string[]): Promise<Ended> => runEventmend(folder, words);
  async function ok(...words: string[]): Promise<string> {
    const ended = await run(...words);
    expect(`${ended.code} ${ended.code === 0 ? '' : ended.err + ended.out}`).toBe('0 ');
    return ended.out;
  }
  const kafkaLog = (more = '') => `{ topics: [${topic}], kafka: { brokers: ${broker.bootstrap}${more} } }`;

  /** Plans, recovers and verifies; gives the digests and states. */
  async function recovered(name: string) {
    const file = `${name}.incident.yaml`;
    await ok('plan', file, '--out', `${name}.plan.json`, '--force');
    const report = JSON.parse(await ok('recover', file, '--plan', `${name}.plan.json`, '--json')).run;
    await ok('verify', report.runId, '--incident', file);
    return { ...outcomeOf(name, report.runId), totals: report.totals };
  }

  /** Comes back when a recovery has been reading for a moment, however long it took to start. */
  async function replaying(name: string): Promise<void> {
    const runs = join(folder, `.store-${name}`, 'runs');
    const begun = () => existsSync(runs) && readdirSync(runs).some((run) => hasCommitted(join(runs, run, 'run.db')));
    for (let waits = 0; waits < 3000 && !begun(); waits++) await sleep(50);
  }

  /** Comes back when the archive of the topic holds so many events; fails at once where the command that saves has ended. */
  async function saved(events: number, saving: Promise<Ended>): Promise<void> {
    const path = join(folder, `${topic}.archive`);
    const held = () => {
      try {
        return describeArchive(path).events;
      } catch {
        return 0; // not written yet
      }
    };
    let ended: Ended | undefined;
    void saving.then((result) => (ended = result));
    let seen = held();
    // As long as the test may take: on a busy machine a broker needs its time to come back.
    for (; seen < events; seen = held()) {
      if (ended !== undefined) throw new Error(`save ended with ${ended.code}: ${ended.err}${ended.out}`);
      await sleep(100);
    }
    expect(seen).toBe(events);
  }

  function outcomeOf(name: string, runId: string) {
    const catalogue = openRunCatalogue(join(folder, `.store-${name}`));
    const { stateDigest, outputsDigest } = catalogue.report(runId)!;
    const states = Object.fromEntries([...catalogue.states(runId)].map(({ key, state }) => [key, state]));
    return { stateDigest, outputsDigest, states };
  }

  test('one digest: from Kafka, from the archive that was saved, and from half of each', async () => {
    const events = smallEvents(3000);
    await produceEvents(broker.bootstrap, topic, events, { transactional: true });
    writeKafkaIncident(folder, kafkaLog(), 'cluster');
    const fromKafka = await recovered('cluster');
    expect(fromKafka.states).toEqual(expectedBalances(events));
    expect(fromKafka.totals.applied).toBe(3000);
    expect(fromKafka.totals.skipped).toEqual({ control: 60, aborted: 3000 });

    writeKafkaIncident(folder, kafkaLog(), 'ahead');
    appendFileSync(join(folder, 'ahead.incident.yaml'), 'tuning: { read_ahead: true }\n');
    expect(await recovered('ahead')).toEqual(fromKafka);

    await ok('save', '--brokers', broker.bootstrap, '--topic', topic, '--into', 'saved.archive');
    writeKafkaIncident(folder, '{ archive: saved.archive }', 'saved');
    const fromArchive = await recovered('saved');
    expect({ ...fromArchive, totals: null }).toEqual({ ...fromKafka, totals: null });
    expect(fromArchive.totals.skipped).toEqual(fromKafka.totals.skipped);

    await deleteBefore(broker.bootstrap, topic, [1500, 1400]);
    writeKafkaIncident(folder, `{ archive: saved.archive, ${kafkaLog().slice(2)}`, 'mixed-archive-first');
    expect((await recovered('mixed-archive-first')).stateDigest).toBe(fromKafka.stateDigest);

    // Half of it is in the cluster alone: an archive of the beginning, and what has not been deleted.
    const events2 = smallEvents(4000).slice(3000);
    await produceEvents(broker.bootstrap, topic, events2, { create: false });
    const mixed = await recovered('mixed-archive-first');
    expect(mixed.states).toEqual(expectedBalances([...events, ...events2]));
    const plan = await ok('plan', 'mixed-archive-first.incident.yaml');
    expect(plan).toMatch(/range 1 .*archive/);
    expect(plan).toMatch(/range 2 .*kafka|log/);

    // The cluster alone lacks the beginning now: that is a gap, and it is named.
    const gap = await run('plan', 'cluster.incident.yaml');
    expect(gap.code).toBe(13);
    expect(gap.err).toContain(`${topic}[0] 0-1499 (1,500 offsets)`);
  });

  test('a cluster that was read leaves no trace: no group, no offset, no event', async () => {
    await produceEvents(broker.bootstrap, topic, smallEvents(500));
    writeKafkaIncident(folder, kafkaLog());
    const admin = clientOf(broker.bootstrap).admin();
    await admin.connect();
    const before = await admin.fetchTopicOffsets(topic);
    await recovered('small');
    await ok('save', 'small.incident.yaml');
    expect((await admin.listGroups()).groups).toEqual([]);
    expect(await admin.fetchTopicOffsets(topic)).toEqual(before);
    await admin.disconnect();
  });

  test('save says what goes next, keeps offsets of groups and settings, and goes on where it was', async () => {
    const events = smallEvents(1000);
    await produceEvents(broker.bootstrap, topic, events.slice(0, 600));
    const admin = clientOf(broker.bootstrap).admin();
    await admin.connect();
    await admin.setOffsets({ groupId: `group-${topic}`, topic, partitions: [{ partition: 0, offset: '17' }] });
    const year = String(365 * 24 * 3_600_000);
    await admin.alterConfigs({
      validateOnly: false,
      resources: [
        { type: ConfigResourceTypes.TOPIC, name: topic, configEntries: [{ name: 'retention.ms', value: year }] },
      ],
    });
    await admin.disconnect();
    const words = ['save', '--brokers', broker.bootstrap, '--topic', topic, '--group', `group-${topic}`, '--json'];
    const first = JSON.parse(await ok(...words));
    expect(first.partitions.map(({ events: added }: { events: number }) => added)).toEqual([400, 200]);
    expect(first.partitions[0].keptUntil.by).toBe(`retention.ms=${year}`);
    expect(first.groups[0].offsets).toEqual([{ topic, partition: 0, next: '17' }]);
    expect(first.topics[0].settings['retention.ms']).toBe(year);
    await produceEvents(broker.bootstrap, topic, events.slice(600), { create: false });
    const second = JSON.parse(await ok(...words));
    expect(second.partitions.map(({ events: added }: { events: number }) => added)).toEqual([267, 133]);
    const shown = await ok('save', '--brokers', broker.bootstrap, '--topic', topic);
    expect(shown).toContain('--add-config retention.ms=-1,retention.bytes=-1');
    expect(shown).toMatch(/@0 from 20\d\d-\d\d-\d\d \d\d:\d\d UTC on/);
    await ok('archive', 'verify', `${topic}.archive`);
  });

  test('save and recover are killed at seeded moments, and nothing is lost or doubled', async () => {
    const events = smallEvents(20_000);
    await produceEvents(broker.bootstrap, topic, events);
    writeKafkaIncident(folder, kafkaLog());
    const whole = await recovered('small');
    expect(whole.states).toEqual(expectedBalances(events));
    console.log(`kills of save and recover, seed ${seed}`);
    const random = seeded(seed);
    const saving = ['save', '--brokers', broker.bootstrap, '--topic', topic, '--max-rate', '15000 events/s'];
    for (let kill = 0; kill < kills; kill++) {
      await spawnEventmend(folder, saving, {
        onSpawn: (end) => void sleep(300 + random() * 900).then(() => end('SIGKILL')),
      });
    }
    await ok('save', '--brokers', broker.bootstrap, '--topic', topic);
    await ok('archive', 'verify', `${topic}.archive`);
    writeKafkaIncident(folder, `{ archive: ${topic}.archive }`, 'saved');
    expect((await recovered('saved')).stateDigest).toBe(whole.stateDigest);

    writeKafkaIncident(folder, kafkaLog(', max_rate: 30000 events/s'), 'slow');
    await ok('plan', 'slow.incident.yaml', '--out', 'slow.plan.json');
    for (let kill = 0; kill < kills; kill++) {
      await spawnEventmend(folder, ['recover', 'slow.incident.yaml', '--plan', 'slow.plan.json'], {
        onSpawn: (end) => void sleep(400 + random() * 900).then(() => end('SIGKILL')),
      });
    }
    const last = await run('recover', 'slow.incident.yaml', '--plan', 'slow.plan.json', '--json');
    expect([0, 2]).toContain(last.code);
    const [runId] = JSON.parse(await ok('runs', 'slow.incident.yaml', '--json')).runs.map(
      (one: { runId: string }) => one.runId,
    );
    await ok('verify', runId, '--incident', 'slow.incident.yaml');
    expect(outcomeOf('slow', runId)).toEqual({
      stateDigest: whole.stateDigest,
      outputsDigest: whole.outputsDigest,
      states: whole.states,
    });
  });

  test('a plan that was overtaken by retention, or whose topic was made anew, is stale', async () => {
    await produceEvents(broker.bootstrap, topic, smallEvents(600));
    writeKafkaIncident(folder, kafkaLog());
    await ok('plan', 'small.incident.yaml', '--out', 'small.plan.json');
    await deleteBefore(broker.bootstrap, topic, [100, 0]);
    const overtaken = await run('recover', 'small.incident.yaml', '--plan', 'small.plan.json');
    expect(overtaken.code).toBe(14);
    expect(overtaken.err.replace(/\s+/g, ' ')).toContain(`${topic}[0] has 100-`);

    const words = ['save', '--brokers', broker.bootstrap, '--topic', topic];
    await ok(...words);
    const admin = clientOf(broker.bootstrap).admin();
    await admin.connect();
    await admin.deleteTopics({ topics: [topic] });
    await admin.disconnect();
    await produceEvents(broker.bootstrap, topic, smallEvents(600));
    const another = await run(...words);
    expect(another.code).toBe(14);
    expect(another.err.replace(/\s+/g, ' ')).toContain('save the new topic into another archive');
    const remade = await run('recover', 'small.incident.yaml', '--plan', 'small.plan.json');
    expect(remade.code).toBe(14);
  });

  test('retention that overtakes a running recovery stops it with the offsets; an archive goes on from there', async () => {
    const events = smallEvents(24_000);
    await produceEvents(broker.bootstrap, topic, events);
    await ok('save', '--brokers', broker.bootstrap, '--topic', topic, '--into', 'saved.archive');
    writeKafkaIncident(folder, kafkaLog(', max_rate: 6000 events/s'));
    await ok('plan', 'small.incident.yaml', '--out', 'small.plan.json');
    const overtaken = await spawnEventmend(folder, ['recover', 'small.incident.yaml', '--plan', 'small.plan.json'], {
      onSpawn: () => void replaying('small').then(() => deleteBefore(broker.bootstrap, topic, [15_900, 7900])),
    });
    const told = overtaken.err.replace(/\s+/g, ' ');
    expect(`${overtaken.code} ${told}`).toMatch(
      /^14 .*EM2103.*begins at (15900|7900): [\d,]+ offsets from \d+ on are gone/,
    );
    expect(told).toContain('name an archive that has them in the incident, then plan again');
    writeKafkaIncident(folder, `{ archive: saved.archive, ${kafkaLog().slice(2)}`, 'with-archive');
    expect((await recovered('with-archive')).states).toEqual(expectedBalances(events));
  });

  test('a topic that is made anew while it is recovered stops the recovery', async () => {
    const events = smallEvents(24_000);
    await produceEvents(broker.bootstrap, topic, events);
    writeKafkaIncident(folder, kafkaLog(', max_rate: 6000 events/s'));
    await ok('plan', 'small.incident.yaml', '--out', 'small.plan.json');
    const remade = await spawnEventmend(folder, ['recover', 'small.incident.yaml', '--plan', 'small.plan.json'], {
      onSpawn: () =>
        void replaying('small').then(async () => {
          const admin = clientOf(broker.bootstrap).admin();
          await admin.connect();
          await admin.deleteTopics({ topics: [topic] });
          await admin.disconnect();
          await produceEvents(broker.bootstrap, topic, events);
        }),
    });
    expect(remade.code).toBe(14);
    expect(remade.err.replace(/\s+/g, ' ')).toContain('deleted, or deleted and made again');
  });

  test('an open transaction is waited for and named, and a target in front of it goes on', async () => {
    await produceEvents(broker.bootstrap, topic, smallEvents(100));
    const hanging = clientOf(broker.bootstrap).producer({ transactionalId: `hangs-${topic}`, maxInFlightRequests: 1 });
    await hanging.connect();
    const transaction = await hanging.transaction();
    await transaction.send({ topic, messages: [{ partition: 0, value: '{"account":"a1","amount":1}' }] });
    await produceEvents(broker.bootstrap, topic, smallEvents(50), { create: false });
    writeKafkaIncident(folder, kafkaLog(', transaction_wait: 1s'));
    const held = await run('plan', 'small.incident.yaml');
    expect(`${held.code} ${held.err.replace(/\s+/g, ' ')}`).toMatch(
      /^75 .*EM2208.*\[0\]: an open transaction of producer \d+/,
    );
    const [, hint] = /--target-offsets (\S+)/.exec(held.err.replace(/\s+/g, ' ')) ?? [];
    await ok('plan', 'small.incident.yaml', '--target-offsets', `${hint}`);
    expect(await ok('assess', 'small.incident.yaml')).toContain('an open transaction of producer');
    const saving = await run('save', 'small.incident.yaml');
    expect(`${saving.code} ${saving.err.replace(/\s+/g, ' ')}`).toMatch(/^75 .*EM2208/);
    // What an open transaction does not hold back is saved all the same, in this partition and in the others.
    const [first, second] = JSON.parse(await ok('archive', 'info', `${topic}.archive`, '--json')).archive.partitions;
    expect([first.events, second.events]).toEqual([67, 50]);
    await transaction.commit();
    await hanging.disconnect();
    await ok('save', 'small.incident.yaml');
    await ok('plan', 'small.incident.yaml');
  });

  test('values of a schema registry: decoded from the cluster, and from the archive by the schemas that were saved', async () => {
    const registry = await startSchemaRegistry();
    try {
      const schema = {
        type: 'record',
        name: 'Booking',
        fields: [
          { name: 'account', type: 'string' },
          { name: 'amount', type: 'long' },
        ],
      };
      const id = await registry.register('bookings-value', { schema: JSON.stringify(schema) });
      const events = smallEvents(500);
      await produceEvents(broker.bootstrap, topic, events, {
        encode: ({ account, amount }) => avroBooking(id, account, amount),
      });
      const schemas = (more: string) => kafkaLog().replace(/ }$/, `, schemas: { ${more} } }`);
      writeKafkaIncident(folder, schemas(`registry: { url: ${registry.url} }`));
      const fromKafka = await recovered('small');
      expect(fromKafka.states).toEqual(expectedBalances(events));
      await ok(
        'save',
        '--brokers',
        broker.bootstrap,
        '--topic',
        topic,
        '--into',
        'saved.archive',
        '--registry',
        registry.url,
      );
      await registry.close();
      writeKafkaIncident(folder, '{ archive: saved.archive, schemas: {} }', 'saved');
      expect((await recovered('saved')).stateDigest).toBe(fromKafka.stateDigest);
    } finally {
      await registry.close();
    }
  });

  test('save --follow keeps on until it is stopped, also over a broker that is killed', async () => {
    const events = smallEvents(900);
    await produceEvents(broker.bootstrap, topic, events.slice(0, 300));
    let end: (signal: NodeJS.Signals) => void = () => undefined;
    const following = spawnEventmend(
      folder,
      ['save', '--brokers', broker.bootstrap, '--topic', topic, '--follow', '--json'],
      {
        onSpawn: (kill) => (end = kill),
      },
    );
    await saved(300, following);
    await produceEvents(broker.bootstrap, topic, events.slice(300, 600), { create: false });
    await broker.kill();
    await broker.restart();
    await produceEvents(broker.bootstrap, topic, events.slice(600), { create: false });
    // A partition that is added meanwhile belongs to the topic too.
    await addPartitions(broker.bootstrap, topic, 3);
    const added = { lane: 2, at: '2026-03-02T00:00:00Z', account: 'added', amount: 5 };
    await produceEvents(broker.bootstrap, topic, [added], { create: false });
    await saved(901, following);
    // It ends as well, and as such, while the broker does not answer what it was asked.
    broker.pause();
    await sleep(1000);
    end('SIGTERM');
    const ended = await following.finally(() => broker.resume());
    expect(`${ended.code} ${ended.code === 0 ? '' : ended.err + ended.out}`).toBe('0 ');
    const report = JSON.parse(ended.out);
    expect(report.stopped).toBe(true);
    expect(report.partitions.reduce((sum: number, one: { events: number }) => sum + one.events, 0)).toBe(901);
    writeKafkaIncident(folder, `{ archive: ${topic}.archive }`);
    expect((await recovered('small')).states).toEqual(expectedBalances([...events, added]));
  });

  test('an archive is gone on with in the way in which it was begun, and not behind the end of its log', async () => {
    await produceEvents(broker.bootstrap, topic, smallEvents(100));
    const words = ['save', '--brokers', broker.bootstrap, '--topic', topic];
    await ok(...words);
    const mixed = await run(...words, '--isolation', 'uncommitted');
    expect(mixed.code).toBe(2);
    expect(mixed.err.replace(/\s+/g, ' ')).toContain('was begun with --isolation committed');
    const [first, second] = await Promise.all([
      spawnEventmend(folder, [...words, '--into', 'two.archive']),
      spawnEventmend(folder, [...words, '--into', 'two.archive']),
    ]);
    // One of them may come too late to be in the way; none may leave a damaged archive.
    for (const { code, err } of [first, second]) expect([0, 15], err).toContain(code);
    await ok(...words, '--into', 'two.archive');
    expect(await ok('archive', 'verify', 'two.archive')).toContain('100 events');
  });

  test('bad input is told in words', async () => {
    const topicless = await run('save', '--brokers', broker.bootstrap);
    expect(topicless.code).toBe(2);
    const unknown = await run('save', '--brokers', broker.bootstrap, '--topic', 'nothing-here');
    expect(unknown.code).toBe(2);
    expect(unknown.err).toContain('EM2205');
    const nobody = await run('save', '--brokers', '127.0.0.1:1', '--topic', 'x');
    expect(nobody.code).toBe(75);
    expect(nobody.err).toContain('EM2201');
    const rate = await run('save', '--brokers', broker.bootstrap, '--topic', 'x', '--max-rate', 'fast');
    expect(rate.code).toBe(2);
  });
});

/** A thread has opened the topic and read from it by then. */
function hasCommitted(store: string): boolean {
  if (!existsSync(store)) return false;
  try {
    const database = new Database(store, { readonly: true });
    try {
      return database.prepare('SELECT 1 FROM commits LIMIT 1').get() !== undefined;
    } finally {
      database.close();
    }
  } catch {
    return false; // being made
  }
}

/** A value in Confluent's wire format: zero, the number of the schema, then Avro: a text and a zigzag number. */
function avroBooking(id: number, account: string, amount: number): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(id, 1);
  const text = Buffer.from(account, 'utf8');
  return Buffer.concat([head, Buffer.from([text.length * 2]), text, zigzag(amount)]);
}

function zigzag(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value < 0 ? -2 * value - 1 : 2 * value;
  for (; rest > 0x7f; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  return Buffer.from([...bytes, rest]);
}

function seeded(state: number): () => number {
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return (state >>> 0) / 4294967296;
  };
}
