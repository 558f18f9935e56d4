import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, expect, test } from 'vitest';
import { pageOf, somePartition } from '../../../test/worker-fixtures.js';
import type { RecoveryError } from '../../model/errors/recovery-error.js';
import type { AppliedBatch, BatchWorker, SentEvent } from './batch-worker.js';
import { openProcessWorker } from './process-worker.js';

const program = fileURLToPath(new URL('../../../test/processes/counting-worker.mjs', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'eventmend-process-'));
const opened: BatchWorker[] = [];
let tests = 0;

afterEach(async () => {
  for (const worker of opened.splice(0)) await worker.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Starts the counting worker with a fault; `starts` tells how often it was started. */
async function open(fault: string, timeoutMs = 10_000) {
  const file = join(folder, `starts-${tests++}`);
  const worker = await openProcessWorker({ command: [process.execPath, program, fault, file], cwd: folder }, timeoutMs);
  opened.push(worker);
  const pids = () => readFileSync(file, 'utf8').trim().split('\n').map(Number);
  return { worker, pids, starts: () => pids().length };
}

function eventsOf(worker: BatchWorker, values: readonly object[]): readonly SentEvent[] {
  return values.map((value, offset) => {
    const page = pageOf({ value, offset, bytes: Buffer.from(JSON.stringify(value)) });
    return worker.sent(page, 0, somePartition, 5);
  });
}

const good = { keys: ['a', 'b'] };
const bad = { keys: ['b', 'c'], bad: true };

async function run(worker: BatchWorker, values: readonly object[]): Promise<AppliedBatch> {
  const batch = worker.send(eventsOf(worker, values));
  const keys = await worker.keys(batch);
  const skip = new Set(keys.flatMap((named, place) => (named.kind === 'failed' ? [place] : [])));
  return worker.apply(batch, skip, { read: (key) => (key === 'a' ? { count: 10 } : undefined) });
}

function countsOf({ states }: AppliedBatch): Record<string, unknown> {
  return Object.fromEntries(states);
}

test('a batch is handled in one go, with the states that it was given', async () => {
  const { worker, starts } = await open('none');
  expect(worker.worker.name).toBe('counter');
  const applied = await run(worker, [good, good, { keys: ['c'] }]);
  expect(applied.failure).toBeNull();
  expect(countsOf(applied)).toEqual({ a: { count: 12 }, b: { count: 2 }, c: { count: 1 } });
  expect(applied.effects.map((effects) => effects?.outputs.map(({ key, value }) => `${key}${String(value)}`))).toEqual([
    ['a11', 'b1'],
    ['a12', 'b2'],
    ['c1'],
  ]);
  expect(starts()).toBe(1);
});

test('an event is sent again at the time that it was made for, and at no other', async () => {
  const { worker } = await open('none');
  const value = { keys: ['c'] };
  const page = pageOf({ value, offset: 0, bytes: Buffer.from(JSON.stringify(value)) });
  const { event } = worker.sent(page, 0, somePartition, 52);
  const nothing = { read: () => undefined };
  expect((await worker.invoke(event, ['c'], 52, nothing)).writes).toEqual([{ key: 'c', state: { count: 1 } }]);
  await expect(worker.invoke(event, ['c'], 5, nothing)).rejects.toThrow('not made by this worker');
});

test('events may be sent ahead while a batch is being applied', async () => {
  const { worker } = await open('none');
  const first = worker.send(eventsOf(worker, [good]));
  await worker.keys(first);
  const applying = worker.apply(first, new Set(), { read: () => undefined });
  const second = worker.send(eventsOf(worker, [good, bad]));
  expect(countsOf(await applying)).toEqual({ a: { count: 1 }, b: { count: 1 } });
  expect(await worker.keys(second)).toHaveLength(2);
  expect((await worker.apply(second, new Set([0]), { read: () => undefined })).effects[0]).toBeNull();
});

/** What happens at the bad event; the events before it count, and it is the one that is named. */
test.each([
  ['throws', 'worker-failed', /orders\[3\]@1: it failed: no such airport/, 1],
  [
    'dies',
    'worker-failed',
    /@1: its process broke at it: it was ended by SIGKILL; its last lines on stderr:\nabout to die\nout of cheese/,
    3,
  ],
  ['exits', 'worker-failed', /@1: its process broke at it: it ended with exit code 0/, 3],
  ['exits-3', 'worker-failed', /@1: its process broke at it: it ended with exit code 3/, 3],
  ['closes-stdout', 'worker-failed', /@1: its process broke at it: it closed its stdout/, 3],
  ['nan', 'non-json-value', /@1: its answer holds NaN, which JSON does not have/, 1],
  ['big-integer', 'non-json-value', /@1: output "count" has at \$\.deep\[0\] a number above 2\^53/, 1],
  ['undeclared-place', 'undeclared-key', /@1: its writes name place 5 of 2 keys/, 1],
  ['undeclared-state', 'undeclared-key', /@1: it gave a state of key "elsewhere"/, 1],
  ['no-name', 'non-json-value', /@1: an output has no name/, 1],
  ['half-surrogate', 'non-json-value', /@1: output "count": its key is not well-formed text/, 1],
])('%s is a fault of the event: %s', async (fault, code, message, started) => {
  const { worker, starts } = await open(fault);
  const { failure, effects, states } = await run(worker, [good, bad, good]);
  expect(failure?.code).toBe(code);
  expect(failure?.message).toMatch(message);
  expect(effects).toHaveLength(1);
  expect(Object.fromEntries(states)).toEqual({ a: { count: 11 }, b: { count: 1 } });
  expect(starts()).toBe(started);
  // It goes on with what is left.
  expect(countsOf(await run(worker, [good]))).toEqual({ a: { count: 11 }, b: { count: 1 } });
});

test.each(['loops', 'silent'])('%s is a fault of the event: worker-timeout', async (fault) => {
  const { worker } = await open(fault, 400);
  const { failure, effects } = await run(worker, [good, bad]);
  expect(failure?.code).toBe('worker-timeout');
  expect(failure?.message).toMatch(/@1: the worker did not come back from it within 400 ms/);
  expect(effects).toHaveLength(1);
});

test.each([
  ['prints', /orders\[3\]@1: it printed something that is not JSON: "got here"/],
  ['hundred-megabytes', /@1: it printed a line of more than 64 MiB/],
  ['odd-output', /@1: an output is not \[name, value\]/],
  ['twice-a-place', /@1: the reads of an event name a key twice/],
  ['lacks-state', /@1: its states lack key "b", which an event wrote/],
  ['wrong-count', /@1: it gave 2 events as done and effects of 1, where 1 were due/],
  ['another-batch', /@1: it answered for batch \d+ where \d+ was due/],
  ['another-type', /@1: it answered "keys" where effects was due/],
])('%s breaks the protocol, whatever the policy: worker-protocol-violation', async (fault, message) => {
  const { worker } = await open(fault);
  const error = await run(worker, [good, bad, good]).then(
    () => null,
    (thrown: unknown) => thrown as RecoveryError,
  );
  expect(error?.code).toBe('worker-protocol-violation');
  expect(error?.message).toMatch(message);
});

test('an answer too many is noticed, and the batch counts once', async () => {
  const { worker } = await open('answers-twice');
  const first = await run(worker, [bad]).catch((error: unknown) => error as RecoveryError);
  const second = await run(worker, [good]).catch((error: unknown) => error as RecoveryError);
  for (const one of [first, second]) {
    if ('code' in one) expect(one.code).toBe('worker-protocol-violation');
    else expect(one.failure).toBeNull();
  }
});

test.each([
  ['no-keys', 'invalid-event-keys', /@1: keys gave an empty list/],
  ['keys-error', 'worker-failed', /@1: it cannot name its keys: who knows/],
  ['dies-at-keys', 'worker-failed', /@1: its process broke at it: it ended with exit code 9/],
])('%s: the event has no keys, the others have: %s', async (fault, code, message) => {
  const { worker } = await open(fault);
  const batch = worker.send(eventsOf(worker, [good, bad, good]));
  const keys = await worker.keys(batch);
  expect(keys.map(({ kind }) => kind)).toEqual(['keys', 'failed', 'keys']);
  const error = keys[1]?.kind === 'failed' ? keys[1].error : null;
  expect(error?.code).toBe(code);
  expect(error?.message).toMatch(message);
  const applied = await worker.apply(batch, new Set([1]), { read: () => undefined });
  expect(applied.effects.map((effects) => effects === null)).toEqual([false, true, false]);
  expect(countsOf(applied)).toEqual({ a: { count: 2 }, b: { count: 2 } });
});

test('what a process remembers between batches shows: nondeterministic-worker', async () => {
  const { worker } = await open('remembers');
  await expect(run(worker, [good, good])).rejects.toMatchObject({ code: 'nondeterministic-worker' });
});

test.each([
  ['dies-at-start', /does not answer hello.*: it ended with exit code 7; its last lines on stderr:\ncannot find my/s],
  ['exits-0-at-start', /it ended with exit code 0/],
  ['prints-at-start', /it printed something that is not JSON: "Welcome!"/],
  ['another-protocol', /it speaks version 3 of the protocol/],
  ['no-version', /worker "counter" is not valid: it has no version/],
])('%s: invalid-worker', async (fault, message) => {
  await expect(open(fault)).rejects.toMatchObject({
    code: 'invalid-worker',
    message: expect.stringMatching(message) as string,
  });
});

test('a program that is not there: invalid-worker with a hint', async () => {
  const source = { command: ['eventmend-no-such-program'], cwd: folder } as const;
  await expect(openProcessWorker(source, 1000)).rejects.toMatchObject({
    code: 'invalid-worker',
    message: expect.stringMatching(/cannot be started: eventmend-no-such-program/) as string,
    hint: expect.stringMatching(/without a shell/) as string,
  });
});

test('a flood on stderr neither blocks nor grows', async () => {
  const { worker } = await open('floods-stderr');
  const before = process.memoryUsage().rss;
  for (let batch = 0; batch < 50; batch++) expect((await run(worker, [good, good])).failure).toBeNull();
  expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 * 1024);
});

test('a process that fails at every event is given up at last', async () => {
  const { worker } = await open('exits');
  const attempts = async () => {
    for (let batch = 0; batch < 30; batch++) await run(worker, [bad]);
  };
  await expect(attempts()).rejects.toMatchObject({
    code: 'worker-protocol-violation',
    message: expect.stringMatching(/20 times/) as string,
  });
});

test.each(['none', 'stays'])('a closed process is gone, also where it would rather stay (%s)', async (fault) => {
  const { worker, pids } = await open(fault);
  await run(worker, [good]);
  const [pid] = pids();
  expect(() => process.kill(pid as number, 0)).not.toThrow();
  await worker.close();
  await expect.poll(() => isThere(pid as number)).toBe(false);
});

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
