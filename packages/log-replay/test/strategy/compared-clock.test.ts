import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openIncident } from '@eventmend/core';
import { logReplay } from '../../src/log-replay.js';

const start = Date.UTC(2026, 0, 1);
let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'eventmend-compared-clock-'))));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Holds a deadline against the clock of its machine, by which all deadlines are over in a replay. Most events have none. */
const worker = `import { defineWorker } from '@eventmend/core';
export default defineWorker({
  name: 'late', version: '1', key: ({ key }) => key, initial: () => ({ cents: 0 }),
  evolve: ({ cents }, { value }) => ({ cents: cents + value.cents * (1 + Number(Date.now() > value.deadline)) }),
});
`;

it('a clock that the handler only compares with shows in the verification', async () => {
  writeFileSync(join(folder, 'worker.mjs'), worker);
  const lines = Array.from({ length: 20 }, (_, n) => {
    const event = { topic: 't', partition: 0, offset: n, timestamp: start + n * 1000, key: `k${n % 3}` };
    const deadline = n === 15 ? { deadline: start + 3_600_000 } : {};
    return `${JSON.stringify({ ...event, value: { cents: 1 + n, ...deadline } })}\n`;
  });
  writeFileSync(join(folder, 'log.ndjson'), lines.join(''));
  const incident = await openIncident({
    worker: join(folder, 'worker.mjs'),
    log: { ndjson: join(folder, 'log.ndjson') },
    store: join(folder, 'store'),
  });
  try {
    const strategy = logReplay(incident);
    const { checks } = await strategy.verify(await strategy.recover(await strategy.plan()));
    expect(checks.filter(({ result }) => result === 'failed').map(({ name }) => name)).toEqual(['state']);
  } finally {
    incident.close();
  }
});
