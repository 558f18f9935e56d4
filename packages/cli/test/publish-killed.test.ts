import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  kafkaOrSkip,
  readCommitted,
  startKafkaBroker,
  watchCommitted,
  type CommittedRecord,
  type KafkaBroker,
} from '@eventmend/test-services';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  endOf,
  goldenOf,
  makeTopics,
  movements,
  outputsOf,
  sendMovements,
  writeMovementIncident,
} from './publish-incident.js';
import { spawnEventmend, type Ended, type SpawnOptions } from './spawn-eventmend.js';
import { temporaryFolder } from './temporary-folder.js';

const full = process.env['EVENTMEND_FULL'] !== undefined;
const kills = full ? 100 : 3;
const killedCalls = full ? 40 : 2;
const seed = Number(process.env['EVENTMEND_KILL_SEED'] ?? 20261129);
const describeWithKafka = await kafkaOrSkip(describe, { own: true });
const hasStrace = spawnSync('strace', ['-V']).status === 0;

describeWithKafka(`publishing that is killed (seed ${seed})`, () => {
  let broker: KafkaBroker;
  let folder: string;
  let runId: string;
  let topics = 0;
  const all = movements(900);
  const right = outputsOf(all);
  let random = seed;
  const next = () => (random = (random * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31;

  beforeAll(() => temporaryFolder((path) => (folder = path)));
  beforeAll(async () => {
    broker = await startKafkaBroker();
    await makeTopics(broker.bootstrap, ['movements', 'outputs']);
    await sendMovements(broker.bootstrap, 'movements', all);
    writeMovementIncident(folder, { bootstrap: broker.bootstrap, events: 'movements', outputs: 'outputs' });
    const recovered = await run(['recover', '--yes', '--json']);
    runId = JSON.parse(recovered.out).run.runId;
    expect((await run(['verify', runId])).code).toBe(0);
  });
  afterAll(() => broker.stop());

  const run = (words: readonly string[], options?: SpawnOptions): Promise<Ended> =>
    spawnEventmend(folder, words, options);
  const publish = (topic: string) => ['publish', runId, '--rebuild', topic, '--yes'];

  async function emptyTopic(): Promise<string> {
    const topic = `rebuilt-${++topics}`;
    await makeTopics(broker.bootstrap, [topic]);
    return topic;
  }

  async function expectPublished(topic: string): Promise<void> {
    const { code, err } = await run(publish(topic));
    expect(code, err).toBe(0);
  }

  /** Nothing lost, nothing doubled, nothing out of its order in its partition. */
  function expectGolden(records: readonly CommittedRecord[], topic: string): void {
    for (const partition of [0, 1, 2]) {
      const there = records.filter((record) => record.topic === topic && record.partition === partition);
      expect(there.map(({ headers, key, value }) => [headers['type'], key, value])).toEqual(goldenOf(right, partition));
    }
  }

  test(`killed at ${kills} moments: a consumer that watches all the time sees the golden list`, async () => {
    for (let killed = 0; killed < kills;) {
      const topic = await emptyTopic();
      const watch = await watchCommitted(broker.bootstrap, topic);
      for (;;) {
        const ended = await run([...publish(topic), '--max-rate', '600 events/s'], {
          onSpawn: (kill) => killed < kills && void sleep(400 + next() * 2600).then(() => kill('SIGKILL')),
        });
        if (ended.signal !== 'SIGKILL') {
          expect(ended.code, ended.err).toBe(0);
          break;
        }
        killed++;
      }
      expectGolden(await watch.end(), topic);
    }
  }, 1_200_000);

  test.skipIf(!hasStrace)(
    `killed at ${killedCalls} of its writes and fsyncs: the same command ends it`,
    async () => {
      const calls = 'pwrite64,fsync,rename,unlink';
      const strace = (to: string, ...more: readonly string[]) => [
        // Not with --seccomp-bpf: a signal that is asked for never comes then.
        ...['strace', '-f', '-qq', '-o', to, '-e', `trace=${calls}`, ...more],
      ];
      const counted = await emptyTopic();
      expect((await run(publish(counted), { through: strace(join(folder, 'calls')) })).code).toBe(0);
      // A kind of call is counted for itself in each thread; nearly all are of one.
      const made = [...readFileSync(join(folder, 'calls'), 'utf8').matchAll(/^(\d+) +(\w+)\(/gm)];
      const ours = made.filter(([, thread]) => thread === made[0]?.[1]).map(([, , call]) => call as string);
      expect(ours.length).toBeGreaterThan(20);
      const killed: string[] = [counted];
      for (let n = 0; n < killedCalls; n++) {
        const topic = await emptyTopic();
        // One from each part of the way, from the first to the last.
        const at = Math.floor(((n + next()) / killedCalls) * ours.length);
        const call = ours[at] ?? '';
        const nth = ours.slice(0, at + 1).filter((each) => each === call).length;
        const through = strace('/dev/null', '-e', `inject=${call}:signal=KILL:when=${nth}`);
        const ended = await run(publish(topic), { through });
        expect([call, nth, ended.signal]).toEqual([call, nth, 'SIGKILL']);
        await expectPublished(topic);
        killed.push(topic);
      }
      const seen = await readCommitted(broker.bootstrap, ...killed);
      for (const topic of killed) expectGolden(seen, topic);
    },
    1_200_000,
  );

  test('with a full disk nothing is sent that is not sealed, and it goes on when there is room again', async () => {
    const topic = await emptyTopic();
    // Files may not grow beyond so many KiB in this shell; the signal that would end the process is ignored.
    const limited = (kib: number) => ['bash', '-c', `trap '' XFSZ; ulimit -f ${kib}; exec "$0" "$@"`];
    const sealing = await run(publish(topic), { through: limited(200) });
    expect([sealing.code, sealing.err]).toEqual([75, expect.stringContaining('error EM4007')]);
    expect(await endOf(broker.bootstrap, topic)).toBe(0);
    expect((await run([...publish(topic), '--canary', '100'])).code).toBe(0);
    const sending = await run(publish(topic), { through: limited(1) });
    expect([sending.code, sending.err]).toEqual([75, expect.stringContaining('error EM4007')]);
    await expectPublished(topic);
    expectGolden(await readCommitted(broker.bootstrap, topic), topic);
  }, 300_000);
});
