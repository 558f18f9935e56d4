import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMemoryLog, defineWorker, type EventLog } from '@eventmend/core';
import { checkProcessing, openCheckpoint, openCheckpointer, type LiveEvent } from '@eventmend/checkpoint';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Random, seedOf } from './plain-live.js';

const full = process.env['EVENTMEND_FULL'] !== undefined;
const topic = 'handled';
const worker = defineWorker<{ also?: string }, number>({
  name: 'elsewhere',
  version: '1.0.0',
  keys: ({ key, value }) => (value.also === undefined ? [key ?? ''] : [key ?? '', value.also]),
  evolve: () => undefined,
});

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'eventmend-processing-'))));
afterEach(() => rmSync(folder, { recursive: true }));

interface Handled extends LiveEvent {
  readonly partition: number;
  readonly key: string;
  readonly value: { readonly also?: string };
}

const keysOf = ({ key, value }: Handled): readonly string[] => [
  ...new Set(value.also === undefined ? [key] : [key, value.also]),
];

const nameOf = ({ partition, offset }: Pick<Handled, 'partition' | 'offset'>): string => `${partition}@${offset}`;

function logOf(events: readonly Handled[]): EventLog {
  return createMemoryLog({ source: 'live', topic, pageSize: 7, events });
}

test('missed, repeated and swapped events are named, and no right key is accused', { timeout: 3_600_000 }, async () => {
  const seed = seedOf('processing');
  for (let round = 0; round < (full ? 300 : 5); round++) {
    await playRound(new Random(seed + round), join(folder, String(round)), seed + round);
  }
});

async function playRound(random: Random, store: string, seed: number): Promise<void> {
  const names = Array.from({ length: 1 + random.below(12) }, (_, n) => `key-${n}\u{1F600}`);
  // Every key has its partition, or none of them has.
  const spread = random.chance(0.3);
  const partitions = 1 + random.below(3);
  const log: Handled[] = [];
  const next = Array.from({ length: partitions }, () => 0);
  for (let n = 0; n < 40 + random.below(160); n++) {
    const name = random.below(names.length);
    const partition = spread ? random.below(partitions) : name % partitions;
    const key = names[name] as string;
    const also = random.chance(0.2) && spread ? random.pick(names) : undefined;
    const offset = next[partition] ?? 0;
    next[partition] = offset + 1;
    log.push({ partition, offset, key, value: also === undefined ? {} : { also } });
  }
  const checkpointer = await openCheckpointer({ folder: store, worker });
  const observe = async (events: readonly Handled[]): Promise<void> => {
    // In stretches of one partition, as a consumer has them.
    for (let at = 0; at < events.length;) {
      const { partition } = events[at] as Handled;
      let end = at + 1;
      while (end < events.length && events[end]?.partition === partition && end - at < 9) end++;
      await checkpointer.observe({ topic, partition, events: events.slice(at, end) });
      at = end;
    }
  };
  const withSince = random.chance(0.5);
  const split = withSince ? random.below(log.length) : 0;
  await observe(log.slice(0, split));
  const since = withSince && split > 0 ? await checkpointer.checkpoint() : null;
  const handled = log.slice(split);
  for (let fault = random.below(5); fault > 0 && handled.length > 3; fault--) {
    const at = random.below(handled.length - 1);
    const chance = random.next();
    if (chance < 0.35) handled.splice(at, 1);
    else if (chance < 0.7) handled.splice(at + 1 + random.below(handled.length - at), 0, handled[at] as Handled);
    else handled.splice(at, 2, handled[at + 1] as Handled, handled[at] as Handled);
  }
  await observe(handled);
  const made = await checkpointer.checkpoint();
  await checkpointer.close();
  const checkpoint = openCheckpoint(store, made?.id ?? since?.id ?? '');
  const report = await checkProcessing({
    log: logOf(log),
    worker,
    checkpoint,
    ...(since !== null && { since: openCheckpoint(store, since.id) }),
  });
  const from = new Map<number, number>();
  for (const { partition, offset } of since === null ? [] : log.slice(0, split)) from.set(partition, offset + 1);
  const to = new Map(from);
  for (const { partition, offset } of handled) to.set(partition, Math.max(to.get(partition) ?? 0, offset + 1));
  const stretch = log.filter(
    ({ partition, offset }) => offset >= (from.get(partition) ?? 0) && offset < (to.get(partition) ?? 0),
  );
  expect(report.events, `seed ${seed}`).toBe(stretch.length);
  expect(report.keys).toBe(new Set(stretch.flatMap(keysOf)).size);
  const expected = expectedDifferences(stretch, handled);
  const told = report.differences.map(({ key, kind, expected: due, recorded, events }) => ({
    key,
    kind,
    expected: due,
    recorded,
    events: events?.map(nameOf).sort() ?? null,
  }));
  const byKey = (a: { key: string }, b: { key: string }): number => (a.key < b.key ? -1 : 1);
  expect([...told].sort(byKey), `seed ${seed}`).toEqual([...expected].sort(byKey));
}

/** What a plain comparison of the two lists of each key says. */
function expectedDifferences(stretch: readonly Handled[], handled: readonly Handled[]) {
  const keys = new Set([...stretch, ...handled].flatMap(keysOf));
  return [...keys].flatMap((key) => {
    const due = stretch.filter((event) => keysOf(event).includes(key));
    const done = handled.filter((event) => keysOf(event).includes(key));
    const missed = subtract(due.map(nameOf), done.map(nameOf));
    const extra = subtract(done.map(nameOf), due.map(nameOf));
    const counts = { key, expected: due.length, recorded: done.length };
    if (missed.length === 0 && extra.length === 0) {
      const ordered = new Set(due.map(({ partition }) => partition)).size <= 1;
      const same = due.every((event, index) => nameOf(event) === nameOf(done[index] as Handled));
      return ordered && !same ? [{ ...counts, kind: 'reordered', events: null }] : [];
    }
    const more = done.length - due.length;
    const mixed = missed.length > 0 && extra.length > 0;
    if (mixed && Math.abs(more) <= 2) return [{ ...counts, kind: 'mixed', events: null }];
    const events = (more < 0 ? missed : extra).sort();
    return [
      {
        ...counts,
        kind: more < 0 ? 'missed' : 'repeated',
        events: !mixed && events.length <= 2 ? events : null,
      },
    ];
  });
}

/** What is left of a list when another one is taken out of it, once for each time. */
function subtract(from: readonly string[], what: readonly string[]): string[] {
  const left = [...from];
  for (const one of what) {
    const at = left.indexOf(one);
    if (at >= 0) left.splice(at, 1);
  }
  return left;
}

test('two missed events of a key with thousands are named', async () => {
  const log = Array.from({ length: 5000 }, (_, offset): Handled => ({ partition: 0, offset, key: 'k', value: {} }));
  const checkpointer = await openCheckpointer({ folder, worker });
  await checkpointer.observe({
    topic,
    partition: 0,
    events: log.filter(({ offset }) => offset !== 17 && offset !== 4321),
  });
  const made = await checkpointer.checkpoint();
  await checkpointer.close();
  const checkpoint = openCheckpoint(folder, made?.id ?? '');
  const { differences } = await checkProcessing({ log: logOf(log), worker, checkpoint });
  expect(differences.map(({ kind, events }) => [kind, events?.map(nameOf)])).toEqual([['missed', ['0@17', '0@4321']]]);
});

test('a log that does not hold the whole stretch is refused', async () => {
  const log = Array.from({ length: 20 }, (_, offset): Handled => ({ partition: 0, offset, key: 'k', value: {} }));
  const checkpointer = await openCheckpointer({ folder, worker });
  await checkpointer.observe({ topic, partition: 0, events: log });
  const made = await checkpointer.checkpoint();
  await checkpointer.close();
  const checkpoint = openCheckpoint(folder, made?.id ?? '');
  const holes = [log.slice(1), log.slice(0, -1), log.filter(({ offset }) => offset !== 7), []];
  for (const held of holes)
    await expect(checkProcessing({ log: logOf(held), worker, checkpoint })).rejects.toMatchObject({ code: 'log-gap' });
});

test('a folder is used for states or for notes, not for both', async () => {
  const checkpointer = await openCheckpointer({ folder, worker });
  await checkpointer.observe({ topic, partition: 0, events: [{ offset: 0, key: 'k', value: {} }] });
  await expect(
    checkpointer.apply({ topic, partition: 0, events: [{ offset: 1, key: 'k', value: {} }] }),
  ).rejects.toMatchObject({ code: 'operation-not-allowed' });
  await checkpointer.close();
});
