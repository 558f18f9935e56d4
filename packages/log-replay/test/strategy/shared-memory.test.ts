import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openIncident } from '@eventmend/core';
import { logReplay } from '../../src/log-replay.js';

const start = Date.UTC(2026, 0, 1);
let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'eventmend-shared-memory-'))));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Remembers in its module where it first saw a payment, which a worker must not: one that was sent into two partitions counts once. */
const worker = `import { defineWorker } from '@eventmend/core';
const first = new Map();
export default defineWorker({
  name: 'remembering', version: '1', locality: 'partition', key: ({ key }) => key, initial: () => ({ cents: 0 }),
  evolve({ cents }, { value, partition, offset }) {
    const place = partition + '@' + offset;
    if (!first.has(value.id)) first.set(value.id, place);
    return { cents: first.get(value.id) === place ? cents + value.cents : cents };
  },
});
`;

it('what a worker remembers outside of its states shows when its lanes no longer share a thread', async () => {
  writeFileSync(join(folder, 'worker.mjs'), worker);
  const lines = Array.from({ length: 400 }, (_, n) => {
    const partition = n % 2;
    // Each tenth payment of partition 1 is one of partition 0, sent once more.
    const id = partition === 1 && n % 10 === 1 ? n - 1 : n;
    const event = { topic: 't', partition, offset: n >> 1, timestamp: start + n * 1000, key: `k${n % 8}` };
    return `${JSON.stringify({ ...event, value: { id, cents: 1 + (n % 7) } })}\n`;
  });
  writeFileSync(join(folder, 'log.ndjson'), lines.join(''));
  const incident = await openIncident({
    worker: join(folder, 'worker.mjs'),
    log: { ndjson: join(folder, 'log.ndjson') },
    store: join(folder, 'store'),
    tuning: { threads: 2 },
  });
  try {
    const strategy = logReplay(incident);
    const { checks } = await strategy.verify(await strategy.recover(await strategy.plan()));
    expect(checks.filter(({ result }) => result === 'failed').map(({ name }) => name)).toEqual(['state']);
  } finally {
    incident.close();
  }
});
