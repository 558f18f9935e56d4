import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineWorker, openNdjsonSnapshots } from '@eventmend/core';
import { examineCheckpoints, openCheckpointer } from '@eventmend/checkpoint';
import { afterEach, beforeEach, expect, test } from 'vitest';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'eventmend-migration-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const first = defineWorker<{ add: number }, number>({
  name: 'sums',
  version: '1.0.0',
  key: (event) => event.key ?? '',
  initial: () => 0,
  evolve: (sum, { value }) => sum + value.add,
});
const second = defineWorker<{ add: number }, { sum: number }>({
  name: 'sums',
  version: '2.0.0',
  stateVersion: 2,
  migrations: {
    1: (sum, key) => {
      if (key === 'bad') throw new Error('cannot be');
      return { sum };
    },
  },
  key: (event) => event.key ?? '',
  initial: () => ({ sum: 0 }),
  evolve: ({ sum }, { value }) => ({ sum: sum + value.add }),
});

const batch = (...keys: string[]) => ({
  topic: 't',
  partition: 0,
  events: keys.map((key, offset) => ({ offset, key, value: { add: offset + 1 } })),
});

test('states are brought into a new form once, in a commit of its own, and a full checkpoint shows them', async () => {
  const before = await openCheckpointer({ folder, worker: first });
  await before.apply(batch('a', 'b', 'a'));
  await before.checkpoint();
  await before.close();
  for (let n = 0; n < 2; n++) {
    const after = await openCheckpointer({ folder, worker: second });
    expect([after.state('a'), after.state('b')]).toEqual([{ sum: 4 }, { sum: 2 }]);
    await after.close();
    expect(examineCheckpoints(folder, { deep: true }).store?.problem).toBeNull();
  }
  const after = await openCheckpointer({ folder, worker: second });
  const made = await after.checkpoint();
  await after.close();
  expect(made?.id).toBe('c-0000000002');
  const rows: unknown[] = [];
  for await (const { key, state } of openNdjsonSnapshots(folder).rows('c-0000000002')) rows.push([key, state]);
  expect(rows).toEqual([
    ['a', { sum: 4 }],
    ['b', { sum: 2 }],
  ]);
  const { checkpoints, breaks } = examineCheckpoints(folder, { deep: true });
  expect(breaks).toEqual([]);
  expect(checkpoints.map(({ problem, header }) => [problem, header?.state_version])).toEqual([
    [null, 1],
    [null, 2],
  ]);
  // The older form is not understood any more, and a store in the newer one is not given to the older worker.
  await expect(openCheckpointer({ folder, worker: first })).rejects.toHaveProperty('code');
});

test('states that cannot be brought into the new form stay as they are, all of them', async () => {
  const before = await openCheckpointer({ folder, worker: first });
  await before.apply(batch('a', 'bad'));
  await before.close();
  await expect(openCheckpointer({ folder, worker: second })).rejects.toHaveProperty('code');
  const again = await openCheckpointer({ folder, worker: first });
  expect([again.state('a'), again.state('bad')]).toEqual([1, 2]);
  await again.close();
});
