import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { kafkaOrSkip, readCommitted, startKafkaBroker, type KafkaBroker } from '@eventmend/test-services';
import { Kafka, logLevel } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { payment } from '../src/payments.js';

const describeWithKafka = await kafkaOrSkip(describe, { own: true });
const example = join(import.meta.dirname, '..');
const bin = join(example, '..', '..', 'packages', 'cli', 'bundle', 'bin.js');
const payments = 2000;

describeWithKafka('the processed events of the README', () => {
  let broker: KafkaBroker;
  let folder: string;
  let service: ChildProcess | null = null;

  beforeAll(async () => {
    broker = await startKafkaBroker();
    // Beside the example: the worker finds its packages there.
    mkdirSync(join(example, 'data'), { recursive: true });
    folder = mkdtempSync(join(example, 'data', 'test-'));
    for (const file of ['worker.ts', 'rules.ts']) cpSync(join(example, file), join(folder, file));
  });
  afterAll(async () => {
    service?.kill('SIGKILL');
    await broker.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const environment = (): NodeJS.ProcessEnv => ({ ...process.env, KAFKA_BROKERS: broker.bootstrap });

  function run(...words: readonly string[]): string {
    const { status, stdout, stderr } = spawnSync(process.execPath, words, {
      ...{ cwd: folder, env: environment(), encoding: 'utf8' },
    });
    expect(status, `${words.join(' ')}\n${stderr}\n${stdout}`).toBe(0);
    return stdout;
  }
  const eventmend = (...words: readonly string[]): string => run(bin, ...words);
  const json = (...words: readonly string[]) => JSON.parse(eventmend(...words, '--json'));

  function startService(version: string): void {
    service = spawn(process.execPath, [join(example, 'dist', 'service.js'), '--version', version], {
      ...{ cwd: folder, env: environment(), stdio: ['ignore', 'ignore', 'inherit'] },
    });
  }

  async function stopService(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const child = service;
    service = null;
    if (child === null) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
  }

  /** Waits until nothing is left for the service to do. */
  async function waitUntilHandled(events: number): Promise<void> {
    const admin = new Kafka({ clientId: 'test', brokers: [broker.bootstrap], logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    for (;;) {
      if (service !== null && service.exitCode !== null) throw new Error(`the service ended with ${service.exitCode}`);
      // A group that has just been made has no coordinator for a moment.
      const groups = await admin
        .fetchOffsets({ groupId: 'payments-service', topics: ['events_topic'] })
        .catch(() => []);
      const done = groups
        .flatMap(({ partitions }) => partitions)
        .reduce((sum, part) => sum + Math.max(0, Number(part.offset)), 0);
      if (done >= events) break;
      await sleep(200);
    }
    await admin.disconnect();
  }

  test('missing, doubled and wrong outputs are put right, and a topic is rebuilt', async () => {
    run(join(example, 'dist', 'send-payments.js'), '--to', '1000');
    startService('1.0.0');
    await waitUntilHandled(1000);
    await stopService('SIGTERM');
    run(join(example, 'dist', 'send-payments.js'), '--from', '1000', '--to', String(payments));
    startService('1.1.0');
    await waitUntilHandled(1300);
    await stopService('SIGKILL');
    startService('1.1.0');
    await waitUntilHandled(payments);
    await stopService('SIGTERM');

    const incident = readFileSync(join(example, 'processed-events.incident.yaml'), 'utf8');
    writeFileSync(
      join(folder, 'processed-events.incident.yaml'),
      incident
        .replaceAll('127.0.0.1:9092', broker.bootstrap)
        .replace(/until: \S+/, `until: ${new Date(Date.now() + 1000).toISOString()}`),
    );
    const { run: recovered } = json('recover', '--yes');
    eventmend('verify', recovered.runId);
    const { counts } = json('corrections', recovered.runId) as {
      counts: Record<'owed' | 'replaced', number> & Record<'actions' | 'unknown', Record<string, number>>;
    };
    expect(counts.owed).toBeGreaterThan(50);
    expect(counts.replaced).toBeGreaterThan(50);
    expect(Object.values(counts.unknown).every((count) => count === 0)).toBe(true);

    const before = await readCommitted(broker.bootstrap, 'processed_events_topic');
    eventmend('publish', recovered.runId, '--corrections', '--dry-run');
    json('publish', recovered.runId, '--corrections', '--canary', '5', '--yes');
    const { rows, published } = json('publish', recovered.runId, '--corrections', '--yes');
    expect(published).toMatchObject({
      complete: true,
      records: (counts.actions['send'] ?? 0) + (counts.actions['retract'] ?? 0),
    });
    const seen = await readCommitted(broker.bootstrap, 'processed_events_topic');
    expect(seen.length - before.length).toBe(rows);

    // Whoever books what the topic says has what was paid.
    const expected = new Map<string, number>();
    for (let n = 0; n < payments; n++) {
      const { account, value } = payment(n);
      const cents = value.type === 'refunded' ? -value.cents : value.cents;
      expected.set(account, (expected.get(account) ?? 0) + cents);
    }
    const booked = (records: typeof seen) => {
      const sums = new Map<string, number>();
      for (const { key, value } of records) {
        const { cents } = JSON.parse(value ?? '{}') as { cents: number };
        sums.set(key ?? '', (sums.get(key ?? '') ?? 0) + cents);
      }
      return sums;
    };
    expect(booked(before)).not.toEqual(expected);
    expect(booked(seen)).toEqual(expected);

    const rebuilt = json('publish', recovered.runId, '--rebuild', 'processed_events_topic_2', '--yes');
    expect(rebuilt.published).toMatchObject({ complete: true, records: payments });
    expect(booked(await readCommitted(broker.bootstrap, 'processed_events_topic_2'))).toEqual(expected);
  }, 600_000);
});
