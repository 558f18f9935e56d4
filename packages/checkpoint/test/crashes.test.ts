import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isRecoveryError, openNdjsonSnapshots } from '@eventmend/core';
import { examineCheckpoints, openCheckpoint, openCheckpointer, type LiveEvent } from '@eventmend/checkpoint';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Random, seedOf } from './plain-live.js';

const full = process.env['EVENTMEND_FULL'] !== undefined;
const hasStrace = spawnSync('strace', ['-V']).status === 0;
const worker = join(import.meta.dirname, 'processes', 'ledger-worker.mjs');
const until = 60;
const batch = 4;
const keys = 7;

const chosen = new Random(seedOf('crashes'));

/** Every day a few of them, other ones each time. */
function some<T>(list: readonly T[], count: number): T[] {
  const left = [...list];
  while (!full && left.length > count) left.splice(chosen.below(left.length), 1);
  return left;
}

let scratch: string;
beforeAll(() => (scratch = mkdtempSync(join(tmpdir(), 'eventmend-crashes-'))));
afterAll(() => rmSync(scratch, { recursive: true }));

/** What a plain loop over the first events makes of each key. */
function plainStates(events: number): ReadonlyMap<string, unknown> {
  const states = new Map<string, { count: number; trail: number; text: string }>();
  for (let n = 0; n < events; n++) {
    const before = states.get(`k${n % keys}`) ?? { count: 0, trail: 0 };
    states.set(`k${n % keys}`, {
      count: before.count + 1,
      trail: (before.trail * 31 + n) % 1_000_003,
      text: 'x'.repeat(n % 300),
    });
  }
  return new Map([...states].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function eventsOf(from: number, to: number): LiveEvent[] {
  return Array.from({ length: to - from }, (_, index) => {
    const n = from + index;
    return { offset: n, key: `k${n % keys}`, time: 1000 + n, value: { n } };
  });
}

type Said = Partial<
  Record<'opened' | 'ended', boolean> &
    Record<'committed', number> &
    Record<'checkpoint' | 'failed' | 'again' | 'noCheckpoint', string | null>
>;

interface Ended {
  readonly how: NodeJS.Signals | number | null;
  readonly said: readonly Said[];
}

const argument = (folder: string, more: object = {}): string =>
  JSON.stringify({ folder, worker, until, batch, checkpointEvery: 4, ...more });
const applier = join(import.meta.dirname, 'processes', 'applier.mjs');

async function run(program: string, words: readonly string[], kill: ((child: ChildProcess) => void) | null = null) {
  const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString('utf8')));
  child.stderr.resume();
  kill?.(child);
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  const lines = out.split('\n');
  return {
    how: signal ?? code,
    // What a kill cut off was not said.
    said: lines.slice(0, -1).flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as Said] : [])),
  } satisfies Ended;
}

/** Runs the applier, and does something to it at the n-th of some system calls, counted in each thread. */
function runInjected(folder: string, calls: string, what: string, nth: number | string): Promise<Ended> {
  const inject = `inject=${calls}:${what}:when=${nth}`;
  // Stopping at these calls only is quicker, but strace 6.1 never sends a signal then.
  const quicker = what.startsWith('signal') ? [] : ['--seccomp-bpf'];
  const words = ['-f', ...quicker, '-qq', '-o', '/dev/null', '-e', `trace=${calls}`, '-e', inject];
  return run('strace', [...words, process.execPath, applier, argument(folder)]);
}

/** Everything that a folder says is right, however its process ended. */
async function expectPrefix(folder: string, { said }: Ended): Promise<number> {
  for (const line of said)
    for (const code of [line.failed, line.noCheckpoint, line.again]) expect(code ?? '').not.toMatch(/no code/);
  if (!existsSync(join(folder, 'live.sqlite'))) return 0;
  const examined = examineCheckpoints(folder, { deep: true });
  expect(examined.checkpoints.flatMap(({ id, problem }) => (problem === null ? [] : [{ id, problem }]))).toEqual([]);
  expect(examined.breaks).toEqual([]);
  const snapshots = openNdjsonSnapshots(folder);
  expect((await snapshots.list()).damaged).toEqual([]);
  for (const { id } of examined.checkpoints) {
    const { header, rows } = openCheckpoint(folder, id);
    const read = new Map<string, unknown>();
    for (const { key, text } of rows()) read.set(key, JSON.parse(text ?? 'null'));
    expect(read).toEqual(plainStates(Number(header.position?.[0]?.next ?? 0)));
  }
  const checkpointer = await openCheckpointer({ folder, worker });
  try {
    const next = checkpointer.position()[0]?.next ?? 0;
    const told = Math.max(0, ...said.map(({ committed }) => committed ?? 0));
    expect(next).toBeGreaterThanOrEqual(told);
    // One batch may be committed and not told; none is there in part.
    expect(next).toBeLessThanOrEqual(told + batch);
    expect(next === until || next % batch === 0).toBe(true);
    const states = plainStates(next);
    for (let key = 0; key < keys; key++) expect(checkpointer.state(`k${key}`)).toEqual(states.get(`k${key}`));
    return next;
  } finally {
    await checkpointer.close();
  }
}

/** The same events once more, to the end. */
async function expectEnd(folder: string, alsoCheckpoint: boolean): Promise<void> {
  const checkpointer = await openCheckpointer({ folder, worker, fullEvery: 3 });
  await checkpointer.apply({ topic: 't', partition: 0, events: eventsOf(0, until) });
  const states = plainStates(until);
  for (let key = 0; key < keys; key++) expect(checkpointer.state(`k${key}`)).toEqual(states.get(`k${key}`));
  const sent = existsSync(join(folder, 'sent.txt')) ? readFileSync(join(folder, 'sent.txt'), 'utf8') : '';
  const lines = sent.split('\n').slice(0, -1);
  const again = checkpointer.unsent().map(({ id, value }) => `${id} ${(value as { n: number }).n}`);
  // At least once each, repeats with the same id.
  const numbers = new Map<string, string>();
  for (const line of [...lines, ...again]) {
    const [id, n] = line.split(' ') as [string, string];
    expect(numbers.get(n) ?? id).toBe(id);
    numbers.set(n, id);
  }
  expect([...numbers.keys()].map(Number).sort((a, b) => a - b)).toEqual(Array.from({ length: until }, (_, n) => n));
  if (alsoCheckpoint) await checkpointer.checkpoint();
  await checkpointer.close();
  const { checkpoints, breaks, store } = examineCheckpoints(folder, { deep: true });
  expect({ problems: checkpoints.filter(({ problem }) => problem !== null), breaks, store: store?.problem }).toEqual({
    problems: [],
    breaks: [],
    store: null,
  });
  if (alsoCheckpoint) expect(readdirSync(folder).filter((name) => name.includes('.partial'))).toEqual([]);
}

/** The system calls by which anything reaches the disk, and about how often the main thread makes each. */
const calls: Readonly<Record<string, number>> = {
  pwrite64: 150,
  fsync: 55,
  write: 90,
  ftruncate: 4,
  'unlink,unlinkat': 10,
  'rename,renameat,renameat2': 4,
  'link,linkat': 2,
};

describe.skipIf(!hasStrace)('a process that is killed at a system call', () => {
  test.each(some(Object.entries(calls), 3))('%s', { timeout: 3_600_000 }, async (name, about) => {
    const seed = seedOf(`kills at ${name}`);
    const random = new Random(seed);
    const nths = full
      ? Array.from({ length: about }, (_, index) => index + 1)
      : [1 + random.below(about), ...(about > 50 ? [1 + random.below(about)] : [])];
    for (const nth of nths) {
      const folder = join(scratch, `kill-${name}-${nth}`);
      mkdirSync(folder);
      const ended = await runInjected(folder, name, 'signal=KILL', nth);
      // A kill that never happens proves nothing.
      if (nth <= about / 3) expect([nth, ended.how]).toEqual([nth, 'SIGKILL']);
      try {
        await expectPrefix(folder, ended);
        await expectEnd(folder, full || nth % 3 === 0);
      } catch (error) {
        throw new Error(`seed ${seed}, ${name} ${nth} (${String(ended.how)}): ${String(error)}`, { cause: error });
      }
      rmSync(folder, { recursive: true });
    }
  });
});

test('a process that is killed at any time, and the next, and the next', { timeout: 3_600_000 }, async () => {
  const seed = seedOf('kills');
  const random = new Random(seed);
  for (let round = 0; round < (full ? 60 : 1); round++) {
    const folder = join(scratch, `killed-${round}`);
    mkdirSync(folder);
    for (let kill = 0; kill < 3; kill++) {
      const after = random.below(400);
      const ended = await run(process.execPath, [applier, argument(folder, { pauseMs: 10 })], (child) => {
        child.stdout?.once('data', () => void sleep(after).then(() => child.kill('SIGKILL')));
      });
      // What the first ones told is below what the last one found.
      await expectPrefix(
        folder,
        ended.said.some(({ committed }) => committed !== undefined) ? ended : { ...ended, said: [] },
      ).catch((error: unknown) => {
        if (ended.said.some(({ committed }) => committed !== undefined)) throw error;
      });
    }
    await expectEnd(folder, true);
  }
});

describe.skipIf(!hasStrace)('a disk that refuses', () => {
  const faults: readonly (readonly [name: string, error: string, about: number])[] = [
    ['pwrite64', 'EIO', 150],
    ['pwrite64', 'ENOSPC', 150],
    ['fsync', 'EIO', 55],
    ['ftruncate', 'EIO', 4],
    ['link,linkat', 'ENOSPC', 2],
    ['rename,renameat,renameat2', 'EIO', 4],
  ];
  test.each(some(faults, 2))('%s with %s', { timeout: 3_600_000 }, async (name, error, about) => {
    const seed = seedOf(`${error} at ${name}`);
    const random = new Random(seed);
    const nths = full ? Array.from({ length: about }, (_, index) => index + 1) : [1 + random.below(about)];
    for (const nth of nths) {
      for (const when of full ? [nth, `${nth}+`] : [random.chance(0.5) ? nth : `${nth}+`]) {
        const folder = join(scratch, `fault-${error}-${name}-${when}`);
        mkdirSync(folder);
        const ended = await runInjected(folder, name, `error=${error}`, when);
        try {
          // Also at an exit that went wrong there is nothing without a code.
          expect([0, 3]).toContain(ended.how);
          if (ended.said.some(({ failed }) => failed === 'disk-write-failed'))
            expect(ended.said.at(-1)?.again ?? 'disk-write-failed').toBe('disk-write-failed');
          await expectPrefix(folder, ended);
          await expectEnd(folder, full);
        } catch (cause) {
          const said = JSON.stringify(ended.said);
          throw new Error(
            `seed ${seed}, ${error} at ${name} ${when} (${String(ended.how)}, ${said}): ${String(cause)}`,
            { cause },
          );
        }
        rmSync(folder, { recursive: true });
      }
    }
  });
});

test(
  'files that may grow no further stop the worker with a code, and what was made stays',
  { timeout: 600_000 },
  async () => {
    for (const kilobytes of full ? [130, 150, 200, 250, 300, 350, 400, 500] : [220]) {
      const folder = join(scratch, `limit-${kilobytes}`);
      mkdirSync(folder);
      // The signal that would end the process is ignored.
      const limited = `trap '' XFSZ; ulimit -f ${kilobytes}; exec "$0" "$@"`;
      const ended = await run('bash', [
        '-c',
        limited,
        process.execPath,
        applier,
        argument(folder, { checkpointEvery: 2 }),
      ]);
      expect([0, 3]).toContain(ended.how);
      if (ended.how === 3)
        expect(ended.said.find(({ failed }) => failed !== undefined)?.failed).toBe('disk-write-failed');
      await expectPrefix(folder, ended);
      await expectEnd(folder, true);
    }
  },
);

describe('a checkpoint that cannot be made', () => {
  async function applied(
    folder: string,
    onFailure: 'stop' | 'go-on' | undefined,
  ): Promise<readonly (string | number)[]> {
    mkdirSync(join(folder, 'c-0000000002.ndjson'), { recursive: true });
    const events = { topic: 't', partition: 0 };
    const checkpointer = await openCheckpointer({
      folder,
      worker,
      every: { events: 10 },
      ...(onFailure !== undefined && { onFailure }),
    });
    const answers: (string | number)[] = [];
    for (let from = 0; from < 60; from += 5) {
      try {
        answers.push((await checkpointer.apply({ ...events, events: eventsOf(from, from + 5) })).next);
      } catch (error) {
        if (!isRecoveryError(error)) throw error;
        answers.push(error.code);
      }
      // A due one is made beside the next batches.
      const due = from >= 5 && checkpointer.metrics().checkpoints.failed === 0;
      for (let waited = 0; due && waited < 1000 && checkpointer.metrics().checkpoints.failed === 0; waited++)
        await sleep(30);
    }
    expect(checkpointer.metrics().checkpoints.failed).toBeGreaterThan(0);
    expect(checkpointer.metrics().checkpoints.lastError).toMatch(/exists/);
    await checkpointer.close();
    return answers;
  }

  test('stops the worker where nothing else is said', async () => {
    const folder = join(scratch, 'stop');
    cpSync(await begun(), folder, { recursive: true });
    const answers = await applied(folder, undefined);
    expect(answers.at(-1)).toBe('checkpoint-failed');
    expect(answers[0]).toBe(5);
  });

  test('is counted where the worker is to go on', async () => {
    const folder = join(scratch, 'go-on');
    cpSync(await begun(), folder, { recursive: true });
    const answers = await applied(folder, 'go-on');
    expect(answers.at(-1)).toBe(60);
  });

  /** A folder with a first checkpoint. */
  async function begun(): Promise<string> {
    const folder = mkdtempSync(join(scratch, 'begun-'));
    const checkpointer = await openCheckpointer({ folder, worker });
    await checkpointer.checkpoint();
    await checkpointer.close();
    return folder;
  }
});
