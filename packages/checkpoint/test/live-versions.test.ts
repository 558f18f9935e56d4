import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMemoryLog, createMemorySnapshots, defineWorker } from '@eventmend/core';
import { startOfOrder } from '@eventmend/core/engine';
import { afterAll, expect, it } from 'vitest';
import { checkpointRecovery } from '../src/index.js';

const scratch = mkdtempSync(join(tmpdir(), 'eventmend-live-versions-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const worker = defineWorker<{ readonly cents: number }, { readonly cents: number }>({
  name: 'balances',
  version: '2.0.0',
  stateVersion: 2,
  migrations: { 1: (euros) => ({ cents: (euros as number) * 100 }) },
  key: ({ key }) => key ?? '',
  initial: () => ({ cents: 0 }),
  evolve: ({ cents }, { value }) => ({ cents: cents + value.cents }),
});

const hour = 3_600_000;
const positionOf = (next: number) => [
  { source: 'bank', topic: 'payments', incarnation: '', partition: 0, next, order: startOfOrder },
];

it('what is taken from a live state of an earlier version is brought to the version of the worker', async () => {
  const strategy = checkpointRecovery({
    incident: { name: 'bank', onset: 8 * hour },
    worker,
    logs: [
      createMemoryLog({
        source: 'bank',
        topic: 'payments',
        fingerprint: 'bank',
        partitions: [{ partition: 0, beginning: 0, range: { from: 0, to: 12 } }],
        // Events 5 to 9 are lost.
        events: [10, 11].map((offset) => ({ offset, time: offset * hour, key: 'ada', value: { cents: 100 } })),
      }),
    ],
    snapshots: createMemorySnapshots([
      { id: 'early', takenAt: 4 * hour, position: positionOf(5), rows: [{ key: 'ada', state: 5 }] },
    ]),
    // The service writes euros still. It has seen what is lost, and a key that nothing else names.
    live: createMemorySnapshots([
      {
        id: 'live',
        position: positionOf(12),
        rows: [
          { key: 'ada', state: 11 },
          { key: 'eve', state: 3 },
        ],
      },
    ]),
    store: join(scratch, 'store'),
  });
  const run = await strategy.recover();
  expect(run.report.kept).toMatchObject({ keys: 2, chosen: 1 });
  expect(new Map([...run.states()].map(({ key, state }) => [key, state]))).toEqual(
    new Map([
      ['ada', { cents: 1100 }],
      ['eve', { cents: 300 }],
    ]),
  );
});
