import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineWorker, openNdjsonSnapshots } from '@eventmend/core';
import { openCheckpointer, type CheckpointerSettings } from '@eventmend/checkpoint';
import { afterEach, beforeEach, expect, it } from 'vitest';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'eventmend-live-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const balances = defineWorker<{ cents: number }, number>({
  name: 'balances',
  version: '1.0.0',
  key: (event) => event.key ?? 'nobody',
  initial: () => 0,
  outputs: { paid: { kind: 'event' } },
  evolve: (cents, { value }, context) => {
    context.emit('paid', { cents: value.cents });
    return cents + value.cents;
  },
});

const open = (more: Partial<CheckpointerSettings> = {}) =>
  openCheckpointer({ folder: join(folder, 'store'), worker: balances, ...more });

const events = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => {
    const offset = from + index;
    return { offset, key: `k${offset % 7}`, time: 1000 + offset, value: { cents: offset } };
  });

it('applies each event once, whatever is handed in again', async () => {
  const first = await open();
  expect(await first.apply({ topic: 'p', partition: 0, events: events(0, 10) })).toEqual({
    applied: 10,
    repeated: 0,
    duplicates: 0,
    next: 10,
  });
  await first.close();
  const second = await open();
  expect(await second.apply({ topic: 'p', partition: 0, events: events(5, 20) })).toMatchObject({
    applied: 10,
    repeated: 5,
  });
  expect(second.state('k1')).toBe(1 + 8 + 15);
  expect(second.unsent().map(({ event }) => event.offset)).toEqual(Array.from({ length: 20 }, (_, index) => index));
  await second.sent(second.unsent());
  expect(second.unsent()).toEqual([]);
  await second.close();
});

it('makes checkpoints that core reads, full and incremental', async () => {
  const checkpointer = await open();
  await checkpointer.apply({ topic: 'p', partition: 0, events: events(0, 70) });
  await checkpointer.checkpoint();
  await checkpointer.apply({ topic: 'p', partition: 0, events: events(70, 71) });
  const second = await checkpointer.checkpoint();
  expect(await checkpointer.checkpoint()).toBeNull();
  expect(second?.id).toBe('c-0000000002');
  await checkpointer.close();
  const snapshots = openNdjsonSnapshots(join(folder, 'store'));
  const { snapshots: listed, damaged } = await snapshots.list();
  expect(damaged).toEqual([]);
  expect(listed.map(({ id, keys }) => [id, keys])).toEqual([
    ['c-0000000001', 7],
    ['c-0000000002', 7],
  ]);
  const rows = new Map<string, unknown>();
  for await (const { key, state } of snapshots.rows('c-0000000002')) rows.set(key, state);
  expect([...rows]).toEqual(
    Array.from({ length: 7 }, (_, key) => [
      `k${key}`,
      events(0, 71)
        .filter(({ offset }) => offset % 7 === key)
        .reduce((sum, { value }) => sum + value.cents, 0),
    ]),
  );
  expect(readdirSync(join(folder, 'store')).sort()).toContain('head.json');
});

it('a state that a handler changes in place without writing it is refused, and none of it stays', async () => {
  const careless = defineWorker<null, { n: number }>({
    name: 'careless',
    version: '1.0.0',
    keys: () => ['a'],
    evolve: (states, { offset }) => {
      const state = states.get('a');
      if (state === undefined) states.set('a', { n: 1 });
      else if (offset === 1) state.n += 1;
      else states.set('a', { n: state.n + 10 });
    },
  });
  const checkpointer = await open({ worker: careless });
  const event = (offset: number) => ({ topic: 'p', partition: 0, events: [{ offset }] });
  await checkpointer.apply(event(0));
  await expect(checkpointer.apply(event(1))).rejects.toMatchObject({ code: 'input-mutated' });
  await checkpointer.apply(event(2));
  expect(checkpointer.state('a')).toEqual({ n: 11 });
  await checkpointer.close();
});
