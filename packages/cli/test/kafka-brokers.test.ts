import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  kafkaOrSkip,
  startKafkaCluster,
  watchCommitted,
  type KafkaNode,
  type KafkaNodes,
} from '@eventmend/test-services';
import type { PartitionMetadata } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clientOf } from './kafka-incident.js';
import {
  goldenOf,
  makeTopics,
  movements,
  outputsOf,
  sendMovements,
  writeMovementIncident,
} from './publish-incident.js';
import { spawnEventmend, type Ended } from './spawn-eventmend.js';
import { temporaryFolder } from './temporary-folder.js';

const describeWithKafka = await kafkaOrSkip(describe, { own: true });
const replicated = { 'min.insync.replicas': '2' };

describeWithKafka('three brokers, of which one dies', () => {
  let cluster: KafkaNodes;
  let folder: string;
  let runId: string;
  const all = movements(900);
  beforeAll(() => temporaryFolder((path) => (folder = path)));
  beforeAll(async () => {
    cluster = await startKafkaCluster();
    await makeTopics(cluster.bootstrap, ['movements', 'outputs', 'rebuilt'], replicated, 3);
    await makeTopics(cluster.bootstrap, ['careless'], {}, 3);
    await sendMovements(cluster.bootstrap, 'movements', all);
    writeMovementIncident(folder, { bootstrap: cluster.bootstrap, events: 'movements', outputs: 'outputs' });
    writeFileSync(join(folder, 'cluster.yaml'), `brokers: ${cluster.bootstrap}\ntopics: [movements]\n`);
  });
  afterAll(() => cluster.stop());

  async function partitionsOf(topic: string): Promise<readonly PartitionMetadata[]> {
    const admin = clientOf(cluster.bootstrap).admin();
    await admin.connect();
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    await admin.disconnect();
    return topics[0]?.partitions ?? [];
  }

  async function leaderOf(topic: string, partition = 0): Promise<number> {
    return (await partitionsOf(topic)).find(({ partitionId }) => partitionId === partition)?.leader ?? -1;
  }

  /** Until who was away leads again, and has all that the others have. */
  async function untilAtHome(topic: string): Promise<void> {
    const isAtHome = ({ leader, replicas, isr }: PartitionMetadata) => leader === replicas[0] && isr.length === 3;
    for (let waits = 0; ; waits++) {
      const away = (await partitionsOf(topic)).filter((partition) => !isAtHome(partition));
      if (away.length === 0) return;
      if (waits === 600) throw new Error(`not at home yet: ${JSON.stringify(away)}`);
      await sleep(100);
    }
  }

  const nodeOf = (id: number): KafkaNode => cluster.nodes.find((node) => node.id === id)!;

  async function kill(id: number, topic: string): Promise<void> {
    await nodeOf(id).kill();
    for (let waits = 0; waits < 300 && (await leaderOf(topic).catch(() => id)) === id; waits++) await sleep(100);
  }

  const run = (...words: string[]): Promise<Ended> => spawnEventmend(folder, words);
  function parsed({ code, err, out }: Ended) {
    expect(`${code} ${code === 0 ? '' : err + out}`).toBe('0 ');
    return JSON.parse(out);
  }

  test('save reads on from who leads then', async () => {
    const before = await leaderOf('movements');
    const saving = run(
      ...['save', '--connection', 'cluster.yaml', '--into', 'saved.archive', '--max-rate', '200 events/s', '--json'],
    );
    await sleep(2500);
    await kill(before, 'movements');
    expect(await leaderOf('movements')).not.toBe(before);
    const { partitions } = parsed(await saving);
    const perLane = [0, 1, 2].map((lane) => all.filter(({ partition }) => partition === lane).length);
    expect(partitions.map((one: { events: number }) => one.events)).toEqual(perLane);
    await nodeOf(before).restart();
  }, 180_000);

  test('recover reads on from who leads then', async () => {
    const before = await leaderOf('movements', 1);
    const recovering = run('recover', '--yes', '--json');
    await sleep(700);
    await nodeOf(before).kill();
    const { run: report } = parsed(await recovering);
    runId = report.runId;
    expect(report.totals.applied).toBe(all.length);
    expect((await run('verify', runId)).code).toBe(0);
    await nodeOf(before).restart();
  }, 180_000);

  test('publish: one dies, its partitions move and move back, and a consumer sees the golden list', async () => {
    await untilAtHome('rebuilt');
    const watch = await watchCommitted(cluster.bootstrap, 'rebuilt');
    const before = await leaderOf('rebuilt');
    const publishing = run('publish', runId, '--rebuild', 'rebuilt', '--yes', '--max-rate', '250 events/s', '--json');
    for (let waits = 0; waits < 300 && watch.seen().length === 0; waits++) await sleep(100);
    await kill(before, 'rebuilt');
    expect(await leaderOf('rebuilt')).not.toBe(before);
    await nodeOf(before).restart();
    const ended = await publishing;
    const seen = await watch.end();
    for (const partition of [0, 1, 2]) {
      const there = seen.filter((record) => record.partition === partition);
      expect(there.map(({ headers, key, value }) => [headers['type'], key, value])).toEqual(
        goldenOf(outputsOf(all), partition),
      );
    }
    expect(parsed(ended).published.complete).toBe(true);
    await untilAtHome('rebuilt');
    expect(await leaderOf('rebuilt')).toBe(before);
  }, 300_000);

  test('a topic that takes what one broker alone confirms is warned about, and only that', async () => {
    const warned = async (topic: string) => {
      const { out, err } = await run('publish', runId, '--rebuild', topic, '--dry-run');
      const said = (out + err).replaceAll(/\s+/g, ' ');
      // Of this cluster's transactions and elections there is nothing to be said.
      expect(said).not.toMatch(/transaction|unclean/);
      return said.includes('min.insync.replicas is 1');
    };
    await makeTopics(cluster.bootstrap, ['careful'], replicated, 3);
    expect([await warned('careless'), await warned('careful')]).toEqual([true, false]);
  }, 120_000);
});
