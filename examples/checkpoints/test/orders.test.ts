import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openNdjsonSnapshots } from '@eventmend/core';
import { brokerForTests, kafkaOrSkip, type KafkaForTests } from '@eventmend/test-services';
import { Kafka, logLevel, type Admin } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { orderHistory } from '../src/order-history.js';

const describeWithKafka = await kafkaOrSkip(describe, { own: true });
const example = join(import.meta.dirname, '..');
const bin = join(example, '..', '..', 'packages', 'cli', 'bundle', 'bin.js');
const deployed = 2000;
const end = 3500;

/** An order as a plain loop keeps it, changed in place. */
interface PlainOrder {
  status: string;
  dueCents: number;
  heldCents: number;
  sentUnpaid: boolean;
}

describeWithKafka('the order service of the README', () => {
  let kafkaForTests: KafkaForTests;
  let admin: Admin;
  let brokers: string;
  let folder: string;
  let service: ChildProcess | null = null;

  beforeAll(async () => {
    kafkaForTests = await brokerForTests();
    brokers = kafkaForTests.broker?.bootstrap ?? '';
    admin = new Kafka({ clientId: 'test', brokers: brokers.split(','), logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    // Beside the example: the workers find their packages there.
    mkdirSync(join(example, 'data'), { recursive: true });
    folder = mkdtempSync(join(example, 'data', 'test-'));
    for (const file of ['worker.ts', 'worker-2.0.0.ts', 'order.ts']) cpSync(join(example, file), join(folder, file));
  });

  afterAll(async () => {
    service?.kill('SIGKILL');
    await admin.disconnect();
    await kafkaForTests.broker?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const environment = (): NodeJS.ProcessEnv => ({ ...process.env, KAFKA_BROKERS: brokers });

  function run(...words: readonly string[]): string {
    const { status, stdout, stderr } = spawnSync(process.execPath, words, {
      cwd: folder,
      env: environment(),
      encoding: 'utf8',
    });
    expect(status, `${words.join(' ')}\n${stderr}\n${stdout}`).toBe(0);
    return stdout;
  }
  const eventmend = (...words: readonly string[]): string => run(bin, ...words);
  const script = (name: string, ...words: readonly string[]): string => run(join(example, 'dist', name), ...words);

  /** Resolves when the service says that it runs: a signal before would meet a process that does not listen yet. */
  async function startService(
    worker: string,
    checkpoints = 'data/orders.checkpoints',
    group = 'orders-service',
  ): Promise<void> {
    const words = ['--worker', worker, '--folder', checkpoints, '--group', group];
    const child = spawn(process.execPath, [join(example, 'dist', 'service.js'), ...words], {
      cwd: folder,
      env: environment(),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    service = child;
    const runs = new Promise<void>((resolve) => {
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        if (text.includes('the service runs')) resolve();
      });
    });
    await Promise.race([runs, once(child, 'exit')]);
  }

  async function stopService(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const child = service;
    service = null;
    if (child === null) return;
    expect(child.exitCode).toBe(null);
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
    if (signal === 'SIGTERM') expect(child.exitCode).toBe(0);
  }

  /** Waits until the group of the service says that it is through with so many events. */
  async function waitUntilHandled(events: number, groupId = 'orders-service'): Promise<void> {
    for (;;) {
      if (service?.exitCode != null) throw new Error(`the service ended with ${service.exitCode}`);
      // A group that has just been made has no coordinator for a moment.
      const groups = await admin.fetchOffsets({ groupId, topics: ['orders'] }).catch(() => []);
      const partitions = groups.flatMap((group) => group.partitions);
      const handled = partitions.reduce((sum, { offset }) => sum + Math.max(0, Number(offset)), 0);
      if (handled >= events) return;
      await sleep(200);
    }
  }

  /** What a loop over the first events of the shop makes of them, without refunds since an event where one is given. */
  function plainOrders(events: number, refundsUntil = Infinity) {
    const orders = new Map<string, PlainOrder>();
    let receipts = 0;
    const history = orderHistory(1);
    for (let n = 0; n < events; n++) {
      const { order: name, value } = history.next().value;
      const order = orders.get(name) ?? { status: 'unknown', dueCents: 0, heldCents: 0, sentUnpaid: false };
      orders.set(name, order);
      if (value.type === 'placed') {
        order.status = 'open';
        order.dueCents = value.cents;
      } else if (value.type === 'paid') {
        order.heldCents += value.cents;
        if (order.status === 'open' && order.heldCents >= order.dueCents) {
          order.status = 'paid';
          receipts++;
        }
      } else if (value.type === 'refunded' && n < refundsUntil) {
        order.heldCents -= value.cents;
        if (order.status === 'paid' && order.heldCents < order.dueCents) order.status = 'open';
      } else if (value.type === 'cancelled' && order.status !== 'shipped') {
        order.status = 'cancelled';
      } else if (value.type === 'shipped') {
        if (order.status !== 'paid') order.sentUnpaid = true;
        order.status = 'shipped';
      }
    }
    return { orders: Object.fromEntries(orders), receipts };
  }

  async function newestStates(checkpoints: string): Promise<Record<string, unknown>> {
    const snapshots = openNdjsonSnapshots(join(folder, checkpoints), { newestOnly: true });
    const [newest] = (await snapshots.list()).snapshots;
    const states: Record<string, unknown> = {};
    for await (const { key, state } of snapshots.rows(newest?.id ?? '')) states[key] = state;
    return states;
  }

  /** By id, so that a receipt that was sent twice counts once. */
  async function receiptsSent(): Promise<number> {
    const ids = new Set<string>();
    const consumer = new Kafka({ clientId: 'test', brokers: brokers.split(','), logLevel: logLevel.NOTHING }).consumer({
      groupId: `receipts-${Date.now()}`,
      maxWaitTimeInMs: 100,
    });
    await consumer.connect();
    await consumer.subscribe({ topics: ['receipts'], fromBeginning: true });
    const ends = await admin.fetchTopicOffsets('receipts');
    const left = new Set(ends.filter(({ high }) => high !== '0').map(({ partition }) => partition));
    await new Promise<void>((resolve, reject) => {
      consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
      void consumer.run({
        eachMessage: async ({ partition, message }) => {
          ids.add(String(message.headers?.['id']));
          const high = ends.find((end) => end.partition === partition)?.high;
          if (Number(message.offset) + 1 === Number(high)) left.delete(partition);
          if (left.size === 0) resolve();
        },
      });
    });
    await consumer.disconnect();
    return ids.size;
  }

  test('survives kill -9, and recovers from a faulty version', async () => {
    // 1. Killed in the middle, and started again.
    script('place-orders.js', '--to', String(deployed));
    await startService('worker.ts');
    await waitUntilHandled(300);
    await stopService('SIGKILL');
    await startService('worker.ts');
    await waitUntilHandled(deployed);
    await stopService('SIGTERM');
    // A group that was told nothing, as by a process that died before it could tell, hears it without a further event.
    await startService('worker.ts', 'data/orders.checkpoints', 'orders-other');
    await waitUntilHandled(deployed, 'orders-other');
    await stopService('SIGTERM');
    const healthy = plainOrders(deployed);
    expect(await newestStates('data/orders.checkpoints')).toEqual(healthy.orders);
    expect(await receiptsSent()).toBe(healthy.receipts);

    // 2. The version without refunds.
    const onset = new Date().toISOString();
    const incident = readFileSync(join(example, 'orders.incident.yaml'), 'utf8');
    writeFileSync(
      join(folder, 'orders.incident.yaml'),
      incident.replace('127.0.0.1:9092', brokers).replace(/^onset: .*$/m, `onset: ${onset}`),
    );
    await startService('worker-2.0.0.ts');
    script('place-orders.js', '--from', String(deployed), '--to', String(end));
    await waitUntilHandled(end);
    await stopService('SIGTERM');
    const right = plainOrders(end).orders;
    expect(await newestStates('data/orders.checkpoints')).toEqual(plainOrders(end, deployed).orders);

    // 3. The log is whole: the last checkpoint that a replay reproduces, and everything behind it.
    const verify = ['checkpoint', 'verify', 'data/orders.checkpoints', '--incident', 'orders.incident.yaml'];
    const { checkpoints } = JSON.parse(eventmend(...verify, '--json')) as {
      readonly checkpoints: readonly { readonly id: string; readonly proven: unknown }[];
    };
    const proven = checkpoints.findLast((checkpoint) => checkpoint.proven !== null)?.id ?? '';
    expect(recoveredStates('whole')).toEqual({ states: right, fidelities: ['exact'], verdict: 'complete' });

    // 4. The service goes on from that checkpoint.
    eventmend('checkpoint', 'restore', 'data/orders.checkpoints', proven, '--into', 'data/orders-mended.checkpoints');
    await startService('worker.ts', 'data/orders-mended.checkpoints', 'orders-mended');
    await waitUntilHandled(end, 'orders-mended');
    await stopService('SIGTERM');
    expect(await newestStates('data/orders-mended.checkpoints')).toEqual(right);

    // 5. Without what is older than the error, and without what was proven then.
    script('forget-oldest.js', '--before', onset);
    rmSync(join(folder, 'data', '.eventmend'), { recursive: true });
    rmSync(join(folder, 'data', 'orders.checkpoints', 'proven.json'));
    expect(recoveredStates('partly', '--strategy', 'checkpoint')).toEqual({
      states: right,
      fidelities: ['unproven'],
      verdict: 'incomplete',
    });
  });

  function recoveredStates(name: string, ...options: readonly string[]) {
    const incident = ['--incident', 'orders.incident.yaml'];
    const recover = eventmend('recover', 'orders.incident.yaml', '--yes', '--json', ...options);
    const { run: made } = JSON.parse(recover) as { readonly run: { readonly runId: string } };
    const { verification } = JSON.parse(eventmend('verify', made.runId, ...incident, '--json')) as {
      readonly verification: { readonly verdict: { readonly verdict: string } };
    };
    eventmend('export', made.runId, ...incident, '--out', `${name}.ndjson`);
    const rows = readFileSync(join(folder, `${name}.ndjson`), 'utf8')
      .trim()
      .split('\n')
      .map((row) => JSON.parse(row) as { readonly key: string; readonly state: unknown; readonly fidelity: string });
    return {
      states: Object.fromEntries(rows.map(({ key, state }) => [key, state])),
      fidelities: [...new Set(rows.map(({ fidelity }) => fidelity))],
      verdict: verification.verdict.verdict,
    };
  }
});
