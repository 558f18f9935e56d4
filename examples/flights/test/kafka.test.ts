import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { kafkaOrSkip, startKafkaBroker, type KafkaBroker } from '@eventmend/test-services';
import { Kafka } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const describeWithKafka = await kafkaOrSkip(describe, { own: true });
const example = join(import.meta.dirname, '..');
const bin = join(example, '..', '..', 'packages', 'cli', 'bundle', 'bin.js');
/** All three million where there is time for it. */
const rows = process.env['EVENTMEND_FULL'] === undefined ? '20000' : '3000000';

describeWithKafka('the incident of the demo, with its log in a Kafka cluster', () => {
  let broker: KafkaBroker;
  let data: string;
  beforeAll(async () => {
    data = mkdtempSync(join(tmpdir(), 'flights-kafka-'));
    run(process.execPath, join(example, 'dist', 'prepare.js'), '--rows', rows, '--data', data);
    broker = await startKafkaBroker();
    run(process.execPath, join(example, 'dist', 'fill-kafka.js'), '--brokers', broker.bootstrap, '--data', data);
  });
  afterAll(async () => {
    await broker.stop();
    rmSync(data, { recursive: true, force: true });
  });

  function run(program: string, ...args: readonly string[]): string {
    const { status, stdout, stderr } = spawnSync(program, args, { cwd: data, encoding: 'utf8' });
    expect(status, `${program} ${args.join(' ')}\n${stderr}\n${stdout}`).toBe(0);
    return stdout;
  }

  const eventmend = (...words: readonly string[]) => run(process.execPath, bin, ...words);

  /** Plans, recovers and verifies the incident with another log; what it came to, and where the plan reads. */
  function recovered(name: string, log: string) {
    const file = `${name}.incident.yaml`;
    const text = readFileSync(join(data, 'flights.incident.yaml'), 'utf8')
      .replace(/^log: .*$/m, `log: ${log}`)
      .replace(/^store: .*$/m, `store: ./store-${name}`);
    writeFileSync(join(data, file), text);
    const plan = eventmend('plan', file, '--out', `${name}.plan.json`);
    const { run: made } = JSON.parse(eventmend('recover', file, '--plan', `${name}.plan.json`, '--json')) as {
      readonly run: { readonly runId: string; readonly stateDigest: string; readonly outputsDigest: string };
    };
    eventmend('verify', made.runId, '--incident', file);
    const digests = { state: made.stateDigest, outputs: made.outputsDigest };
    return { digests, ranges: plan.split('\n').filter((line) => /^ {2}range/.test(line)) };
  }

  test('one digest: from files, from Kafka, from the saved archive, and from half of each', async () => {
    const ofFiles = recovered('files', '{ archive: flights.archive, topics: [flights] }').digests;
    const cluster = `kafka: { brokers: ${broker.bootstrap}, source: flights-2001 }`;
    const ofKafka = recovered('kafka', `{ topics: [flights], ${cluster} }`);
    expect(ofKafka.digests).toEqual(ofFiles);
    expect(ofKafka.ranges.join()).toContain('log');

    eventmend('save', '--brokers', broker.bootstrap, '--topic', 'flights', '--into', 'saved.archive');
    const plainCluster = `kafka: { brokers: ${broker.bootstrap} }`;
    const saved = recovered('saved', '{ archive: saved.archive, topics: [flights] }');
    expect(saved.digests.state).toBe(ofFiles.state);

    // A save that was stopped on its way, and retention that has taken from Kafka what it had saved.
    const words = ['save', '--brokers', broker.bootstrap, '--topic', 'flights', '--into', 'half.archive'];
    const rate = `${Math.ceil(Number(rows) / 8)} events/s`;
    const saving = spawn(process.execPath, [bin, ...words, '--max-rate', rate], { cwd: data, stdio: 'ignore' });
    const ended = once(saving, 'exit');
    const sizeOf = (archive: string): number => statSync(join(data, archive), { throwIfNoEntry: false })?.size ?? 0;
    // By what is saved, not by the clock: a busy machine would be stopped before it began.
    while (saving.exitCode === null && sizeOf('half.archive') < sizeOf('saved.archive') / 4) await sleep(20);
    saving.kill('SIGKILL');
    await ended;
    // It may have been in the middle of a write, which nothing that only reads undoes.
    eventmend('archive', 'seal', 'half.archive');
    const { partitions } = JSON.parse(eventmend('archive', 'info', 'half.archive', '--json')).archive as {
      readonly partitions: readonly { readonly partition: number; readonly to: string }[];
    };
    const admin = new Kafka({ brokers: [broker.bootstrap], logCreator: () => () => undefined }).admin();
    await admin.connect();
    await admin.fetchTopicMetadata({ topics: ['flights'] });
    await admin.fetchTopicOffsets('flights'); // kafkajs knows the leaders only then
    await admin.deleteTopicRecords({
      topic: 'flights',
      partitions: partitions.map(({ partition, to }) => ({ partition, offset: to })),
    });
    await admin.disconnect();
    const mixed = recovered('mixed', `{ topics: [flights], ${plainCluster}, archive: half.archive }`);
    expect(mixed.digests).toEqual(saved.digests);
    expect(mixed.ranges.join()).toMatch(/archive.*log/s);
  });
});
