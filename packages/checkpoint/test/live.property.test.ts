import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openNdjsonSnapshots } from '@eventmend/core';
import {
  diffCheckpoints,
  examineCheckpoints,
  openCheckpoint,
  openCheckpointer,
  restoreCheckpoint,
  type Checkpointer,
  type LiveEvent,
} from '@eventmend/checkpoint';
import { expect, test } from 'vitest';
import {
  nastyKeys,
  PlainLoop,
  Random,
  randomEvents,
  seedOf,
  workerOf,
  type PlainOutput,
  type Shape,
} from './plain-live.js';

const rounds = process.env['EVENTMEND_FULL'] === undefined ? 4 : 400;
const topic = 'orders';

test('random workers do what a plain loop does, and their checkpoints show it', { timeout: 3_600_000 }, async () => {
  const first = seedOf('live property');
  for (let round = 0; round < rounds; round++) {
    const seed = first + round;
    const folder = mkdtempSync(join(tmpdir(), 'eventmend-property-'));
    try {
      await playRound(seed, folder);
    } catch (error) {
      throw new Error(`seed ${seed}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
});

async function playRound(seed: number, folder: string): Promise<void> {
  const random = new Random(seed);
  const shape: Shape = {
    many: random.chance(0.5),
    async: random.chance(0.4),
    initial: random.chance(0.5),
    codec: random.chance(0.3),
    window: random.chance(0.5) ? 1 + random.below(12) : null,
  };
  const keys = Array.from({ length: 1 + random.below(14) }, () => random.pick(nastyKeys));
  const partitions = Array.from({ length: 1 + random.below(3) }, () =>
    randomEvents(random, 20 + random.below(80), keys),
  );
  const failing = new Set(Array.from({ length: random.below(6) }, () => random.below(60)));
  const failed = new Set<number>();
  const worker = workerOf(shape, (offset) => {
    if (!failing.has(offset) || failed.has(offset)) return;
    failed.add(offset);
    throw new Error('this once');
  });
  const store = join(folder, 'store');
  const open = (): Promise<Checkpointer> =>
    openCheckpointer({ folder: store, worker, fullEvery: 1 + (seed % 4), keep: { newest: 1000 } });
  let plain = new PlainLoop(shape, topic);
  const moments = new Map<string, PlainLoop>();
  let checkpointer = await open();
  const drained: Sent[] = [];
  const drain = async (): Promise<void> => {
    const unsent = checkpointer.unsent({ limit: 10_000 });
    drained.push(...unsent.map(sentOf));
    await checkpointer.sent(unsent);
  };
  for (let step = 0; step < 40; step++) {
    const what = random.next();
    if (what < 0.75) {
      const partition = random.below(partitions.length);
      const batch = randomBatch(random, partitions[partition] as LiveEvent[], plain.next.get(partition) ?? 0);
      const after = plain.copy();
      for (const event of [...batch].sort((a, b) => a.offset - b.offset)) after.apply(partition, event);
      let answer;
      try {
        answer = await checkpointer.apply({ topic, partition, events: batch });
      } catch (error) {
        expect(error).toMatchObject({ code: 'worker-failed' });
        expectStates(checkpointer, plain);
        continue;
      }
      expect(answer.applied).toBe(after.applied - plain.applied);
      expect(answer.duplicates).toBe(after.duplicates - plain.duplicates);
      expect(answer.next).toBe(after.next.get(partition) ?? 0);
      plain = after;
    } else if (what < 0.88) {
      const made = await checkpointer.checkpoint();
      if (made !== null) moments.set(made.id, plain.copy());
    } else if (what < 0.95) {
      if (random.chance(0.5)) await drain();
      await checkpointer.close();
      checkpointer = await open();
    } else await drain();
    expectStates(checkpointer, plain);
  }
  await drain();
  expect(drained.map(({ id: _, ...rest }) => rest)).toEqual(plain.outputs.map(sentPlainly));
  expect(new Set(drained.map(({ id }) => id)).size).toBe(drained.length);
  await checkpointer.close();

  await expectCheckpoints(store, moments);
  const ids = [...moments.keys()];
  if (ids.length === 0) return;
  for (let n = 0; n < 4; n++) await expectDifference(store, random.pick(ids), random.pick(ids), moments);

  // From any of them the same end is reached.
  const id = random.pick(ids);
  const moment = moments.get(id) as PlainLoop;
  const restored = restoreCheckpoint(store, id, join(folder, 'restored'));
  expect(restored.keys).toBe(moment.states.size);
  const again = await openCheckpointer({ folder: restored.folder, worker });
  expectStates(again, moment);
  const end = moment.copy();
  for (const [partition, events] of partitions.entries()) {
    for (let at = 0; at < events.length; at += 17) {
      const batch = events.slice(at, at + 17);
      for (const event of batch) end.apply(partition, event);
      // Each event that fails does so once; several of them may be in one batch.
      const apply = () => again.apply({ topic, partition, events: batch });
      await Array.from(failing).reduce((applied) => applied.catch(apply), apply());
    }
  }
  expectStates(again, end);
  expect(
    again
      .unsent({ limit: 100_000 })
      .map(sentOf)
      .map(({ id: _, ...rest }) => rest),
  ).toEqual(end.outputs.slice(moment.outputs.length).map(sentPlainly));
  await again.checkpoint();
  await again.close();
  const ended = await rowsOf(restored.folder, 'c-0000000001');
  expect(ended).toEqual(end.rows());
  expect(examineCheckpoints(restored.folder, { deep: true })).toMatchObject({ breaks: [], store: { problem: null } });
}

/** A stretch that ends wherever it likes and begins at or in front of the next event; some events of it twice. */
function randomBatch(random: Random, events: readonly LiveEvent[], next: number): readonly LiveEvent[] {
  const at = events.findIndex(({ offset }) => offset >= next);
  const here = at < 0 ? events.length : at;
  if (random.chance(0.08)) return [];
  const from = random.chance(0.4) ? Math.max(0, here - random.below(12)) : here;
  const batch = events.slice(from, here + random.below(14));
  if (random.chance(0.2) && batch.length > 0) batch.splice(random.below(batch.length), 0, random.pick(batch));
  return batch;
}

function expectStates(checkpointer: Checkpointer, plain: PlainLoop): void {
  for (const key of [...nastyKeys, 'never']) expect([key, checkpointer.state(key)]).toEqual([key, plain.stored(key)]);
  const position = checkpointer
    .position()
    .filter(({ partition, next }) => next > 0 || plain.next.has(partition))
    .map(({ partition, next, order }) => ({ partition, next, watermark: order.watermark }));
  expect(position).toEqual(
    [...plain.next]
      .sort(([a], [b]) => a - b)
      .map(([partition, next]) => ({ partition, next, watermark: plain.watermarks.get(partition) ?? -Infinity })),
  );
}

async function rowsOf(folder: string, id: string): Promise<unknown[]> {
  const rows: unknown[] = [];
  for (const { key, text, proof } of openCheckpoint(folder, id).rows())
    rows.push({ key, state: text === null ? undefined : (JSON.parse(text) as unknown), proof });
  return rows;
}

async function expectCheckpoints(folder: string, moments: ReadonlyMap<string, PlainLoop>): Promise<void> {
  const snapshots = openNdjsonSnapshots(folder);
  const { snapshots: listed, damaged } = await snapshots.list();
  expect(damaged).toEqual([]);
  expect(listed.map(({ id }) => id).sort()).toEqual([...moments.keys()].sort());
  for (const [id, moment] of moments) {
    const rows = moment.rows();
    const described = listed.find((snapshot) => snapshot.id === id);
    expect(described?.keys).toBe(moment.states.size);
    expect(
      described?.position
        ?.filter(({ partition }) => moment.next.has(partition))
        .map(({ partition, next }) => [partition, next]),
    ).toEqual([...moment.next].sort(([a], [b]) => a - b));
    const read: unknown[] = [];
    for await (const { key, state } of snapshots.rows(id)) read.push({ key, state });
    expect(read).toEqual(rows.filter(({ state }) => state !== undefined).map(({ key, state }) => ({ key, state })));
    expect(await rowsOf(folder, id)).toEqual(rows);
  }
  const examined = examineCheckpoints(folder, { deep: true });
  expect(examined.checkpoints.map(({ id, problem }) => ({ id, problem }))).toEqual(
    [...moments.keys()].sort().map((id) => ({ id, problem: null })),
  );
  expect(examined).toMatchObject({
    breaks: [],
    newestWhole: [...moments.keys()].sort().at(-1) ?? null,
    head: moments.size > 0 ? 'agrees' : 'absent',
    store: { problem: null },
  });
}

async function expectDifference(
  folder: string,
  from: string,
  to: string,
  moments: ReadonlyMap<string, PlainLoop>,
): Promise<void> {
  const before = moments.get(from) as PlainLoop;
  const after = moments.get(to) as PlainLoop;
  const counts = { added: 0, removed: 0, changed: 0, touched: 0, same: 0 };
  const examples: unknown[] = [];
  const keys = new Set([...before.proofs.keys(), ...after.proofs.keys()]);
  const sorted = [...keys].sort((a, b) => Buffer.compare(Buffer.from(a, 'utf8'), Buffer.from(b, 'utf8')));
  for (const key of sorted) {
    const left = before.stored(key);
    const right = after.stored(key);
    if (left === undefined && right === undefined) continue;
    const same = JSON.stringify(left) === JSON.stringify(right);
    if (same) {
      counts[before.proofs.get(key)?.order === after.proofs.get(key)?.order ? 'same' : 'touched']++;
      continue;
    }
    const kind = left === undefined ? 'added' : right === undefined ? 'removed' : 'changed';
    counts[kind]++;
    const events = (after.proofs.get(key)?.events ?? 0) - (before.proofs.get(key)?.events ?? 0);
    examples.push({ key, kind, before: left, after: right, events });
  }
  const difference = diffCheckpoints(folder, from, to, { examples: 1000 });
  expect(difference).toMatchObject({ from, to, ...counts });
  expect(difference.examples.map(({ path: _, ...rest }) => rest)).toEqual(examples);
}

interface Sent {
  readonly id: string;
  readonly partition: number;
  readonly offset: number;
  readonly output: string;
  readonly key: string;
  readonly value: unknown;
  readonly time: number | null;
}

function sentOf({ id, output, key, value, time, event }: ReturnType<Checkpointer['unsent']>[number]): Sent {
  return { id, partition: event.partition, offset: event.offset, output, key, value, time };
}

function sentPlainly({ partition, offset, name, key, value, time }: PlainOutput): Omit<Sent, 'id'> {
  return { partition, offset, output: name, key, value, time };
}
