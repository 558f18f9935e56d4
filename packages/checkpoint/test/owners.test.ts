import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { defineWorker } from '@eventmend/core';
import { examineCheckpoints, openCheckpointer, type Checkpointer, type LiveEvent } from '@eventmend/checkpoint';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PlainLoop, Random, randomEvents, seedOf, workerOf, type Shape } from './plain-live.js';

const full = process.env['EVENTMEND_FULL'] !== undefined;
const shape: Shape = { many: false, async: true, initial: false, codec: false, window: null };
const topic = 't';
let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'eventmend-owners-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const numbers = (from: number, to: number): LiveEvent[] =>
  Array.from({ length: to - from }, (_, index) => ({
    offset: from + index,
    key: `k${(from + index) % 3}`,
    value: { add: 9 },
  }));

test('the newest owner of a partition wins, and nothing of the other one stays', async () => {
  const worker = workerOf(shape);
  const first = await openCheckpointer({ folder, worker });
  const second = await openCheckpointer({ folder, worker });
  const plain = new PlainLoop(shape, topic);
  const both = numbers(0, 20);
  for (const event of both.slice(0, 10)) plain.apply(0, event);
  await first.apply({ topic, partition: 0, events: both.slice(0, 10) });
  expect(second.takeOver([{ source: '', topic, incarnation: '', partition: 0 }])).toMatchObject([
    { next: 10, epoch: 2 },
  ]);
  // It may try as often as it likes.
  for (let n = 0; n < 3; n++) {
    await expect(first.apply({ topic, partition: 0, events: both.slice(10) })).rejects.toMatchObject({
      code: 'fenced-by-another-process',
    });
  }
  expect(first.metrics()).toMatchObject({ commits: 1, fenced: 3 });
  expectSame(second, plain);
  for (const event of both.slice(10)) plain.apply(0, event);
  await second.apply({ topic, partition: 0, events: both.slice(5) });
  expectSame(first, plain);
  expectSame(second, plain);
  // Other partitions are still its own; and what it takes over again it has again.
  await first.apply({ topic, partition: 1, events: numbers(0, 3) });
  first.takeOver([{ source: '', topic, incarnation: '', partition: 0 }]);
  await first.apply({ topic, partition: 0, events: numbers(20, 21) });
  await expect(second.apply({ topic, partition: 0, events: numbers(20, 22) })).rejects.toMatchObject({
    code: 'fenced-by-another-process',
  });
  await first.close();
  await second.close();
  expect(examineCheckpoints(folder, { deep: true }).store?.problem).toBeNull();
});

function expectSame(checkpointer: Checkpointer, plain: PlainLoop): void {
  for (const key of ['k0', 'k1', 'k2']) expect(checkpointer.state(key)).toEqual(plain.stored(key));
  expect(checkpointer.position().find(({ partition }) => partition === 0)?.next).toBe(plain.next.get(0));
  expect(checkpointer.unsent().map(({ value }) => value)).toEqual(plain.outputs.map(({ value }) => value));
}

test('partitions cannot be taken over while a handler is waiting, and its batch is whole', async () => {
  let go: () => void = () => undefined;
  const waiting = new Promise<void>((resolve) => (go = resolve));
  const worker = defineWorker<{ add: number }, number>({
    name: 'waits',
    version: '1',
    key: (event) => event.key ?? '',
    initial: () => 0,
    evolve: async (sum, { value }) => {
      await waiting;
      return sum + value.add;
    },
  });
  const checkpointer = await openCheckpointer({ folder, worker });
  const applying = checkpointer.apply({ topic, partition: 0, events: numbers(0, 9) });
  await sleep(20);
  expect(() => checkpointer.takeOver([{ source: '', topic, incarnation: '', partition: 1 }])).toThrow(
    expect.objectContaining({ code: 'operation-not-allowed' }) as Error,
  );
  go();
  expect(await applying).toMatchObject({ applied: 9, next: 9 });
  expect(checkpointer.takeOver([{ source: '', topic, incarnation: '', partition: 1 }])).toMatchObject([{ next: 0 }]);
  expect(['k0', 'k1', 'k2'].map((key) => checkpointer.state(key))).toEqual([27, 27, 27]);
  await checkpointer.close();
});

test(
  'checkpointers that take partitions from each other at random apply each event once',
  { timeout: 600_000 },
  async () => {
    const seed = seedOf('owners');
    for (let round = 0; round < (full ? 200 : 4); round++) {
      const random = new Random(seed + round);
      const store = join(folder, String(round));
      const worker = workerOf(shape);
      const lanes = [0, 1].map(() => randomEvents(random, 60, ['a', 'b', '\u{1F600}']));
      const plain = new PlainLoop(shape, topic);
      const rivals = [
        await openCheckpointer({ folder: store, worker }),
        await openCheckpointer({ folder: store, worker }),
      ];
      const owner = [-1, -1];
      const started = new Set<string>();
      for (let step = 0; step < 80; step++) {
        const who = random.below(2);
        const rival = rivals[who] as Checkpointer;
        const partition = random.below(2);
        if (random.chance(0.2)) {
          rival.takeOver([{ source: '', topic, incarnation: '', partition }]);
          started.add(`${who} ${partition}`);
          owner[partition] = who;
          continue;
        }
        // The first batch takes it over, once.
        if (!started.has(`${who} ${partition}`)) owner[partition] = who;
        started.add(`${who} ${partition}`);
        const lane = lanes[partition] as LiveEvent[];
        const at = lane.findIndex(({ offset }) => offset >= (plain.next.get(partition) ?? 0));
        if (at < 0) continue;
        const events = lane.slice(Math.max(0, at - random.below(3)), at + 1 + random.below(5));
        const answer = await rival.apply({ topic, partition, events }).then(
          ({ next }) => next,
          (error: unknown) => (error as { code?: string }).code,
        );
        if (owner[partition] !== who) expect(answer, `seed ${seed + round}`).toBe('fenced-by-another-process');
        else {
          for (const event of events) plain.apply(partition, event);
          expect(answer, `seed ${seed + round}`).toBe(plain.next.get(partition));
        }
        for (const key of ['a', 'b', '\u{1F600}', 'nobody'])
          for (const each of rivals) expect(each.state(key)).toEqual(plain.stored(key));
      }
      expect(rivals[0]?.unsent({ limit: 10_000 }).map(({ value }) => value)).toEqual(
        plain.outputs.map(({ value }) => value),
      );
      for (const rival of rivals) await rival.close();
      expect(examineCheckpoints(store, { deep: true }).store?.problem).toBeNull();
    }
  },
);

test('a process that was stopped in the middle is fenced when it wakes', { timeout: 600_000 }, async () => {
  const worker = join(import.meta.dirname, 'processes', 'ledger-worker.mjs');
  const applier = join(import.meta.dirname, 'processes', 'applier.mjs');
  const store = join(folder, 'store');
  const seed = seedOf('stops');
  const random = new Random(seed);
  const rounds = full ? 15 : 1;
  // Enough that most rounds stop one in the middle, however fast the machine is.
  const until = 400 + 200 * (rounds - 1);
  const argument = JSON.stringify({ folder: store, worker, until, batch: 4, checkpointEvery: 1000, pauseMs: 2 });
  const said = new Map<ChildProcess, string>();
  // Waited for from the beginning: one that is woken early may have ended before anybody asks.
  const ended = new Map<ChildProcess, Promise<unknown>>();
  const start = async (): Promise<ChildProcess> => {
    const child = spawn(process.execPath, [applier, argument], { stdio: ['ignore', 'pipe', 'inherit'] });
    ended.set(child, once(child, 'close'));
    child.stdout.on('data', (chunk: Buffer) => said.set(child, (said.get(child) ?? '') + chunk.toString('utf8')));
    // One that comes when all is done commits nothing.
    while (!(said.get(child) ?? '').includes('committed') && child.exitCode === null) await sleep(5);
    return child;
  };
  let zombie = await start();
  for (let round = 0; round < rounds && zombie.exitCode === null; round++) {
    await sleep(random.below(30));
    zombie.kill('SIGSTOP');
    // Where it was stopped inside of a transaction it holds up the others until it goes on; that is told with a code.
    const waking = setTimeout(() => zombie.kill('SIGCONT'), 1500);
    const rival = await start();
    clearTimeout(waking);
    zombie.kill('SIGCONT');
    await ended.get(zombie);
    const end = (said.get(zombie) ?? '')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    // Unless all was done before it was stopped.
    if (end.at(-1)?.['ended'] !== true) {
      expect(end.at(-2), `seed ${seed}`).toEqual({ failed: 'fenced-by-another-process' });
      expect(end.at(-1), `seed ${seed}`).toEqual({ again: 'fenced-by-another-process' });
    }
    zombie = rival;
  }
  await ended.get(zombie);
  const checkpointer = await openCheckpointer({ folder: store, worker });
  for (let key = 0; key < 7; key++) {
    const state = { count: 0, trail: 0, text: '' };
    for (let n = key; n < until; n += 7) {
      state.count++;
      state.trail = (state.trail * 31 + n) % 1_000_003;
      state.text = 'x'.repeat(n % 300);
    }
    expect(checkpointer.state(`k${key}`)).toEqual(state);
  }
  await checkpointer.close();
  const sent = readFileSync(join(store, 'sent.txt'), 'utf8').trim().split('\n');
  expect(new Set(sent).size).toBe(until);
});
