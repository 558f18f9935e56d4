import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openIncident } from '@eventmend/core';
import {
  collectTasks,
  completeInputs,
  fleetFiles,
  planFleet,
  runTask,
  verifyRun,
  verifyTask,
} from '@eventmend/core/engine';
import { logReplay } from '@eventmend/log-replay';

const start = Date.UTC(2026, 0, 1);
let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'eventmend-fleet-memory-'))));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Remembers in its module where it first saw a payment, which a worker must not: one that was sent into two partitions counts once. */
const remembering = `const first = new Map();
const isFirst = (id, place) => {
  if (!first.has(id)) first.set(id, place);
  return first.get(id) === place;
};`;
const pure = 'const isFirst = () => true;';
const workerOf = (memory: string): string => `import { defineWorker } from '@eventmend/core';
${memory}
export default defineWorker({
  name: 'payments', version: '1', locality: 'partition', key: ({ key }) => key, initial: () => ({ cents: 0 }),
  evolve: ({ cents }, { value, partition, offset }) =>
    ({ cents: isFirst(value.id, partition + '@' + offset) ? cents + value.cents : cents }),
});
`;

/** What failed of a run of two or four partitions, of which each tenth payment of one stands in its neighbour too. */
async function failedOf(name: string, memory: string, partitions: number, tasks: number) {
  const inFolder = (file: string): string => join(folder, `${name}-${file}`);
  writeFileSync(inFolder('worker.mjs'), workerOf(memory));
  const lines = Array.from({ length: 400 }, (_, n) => {
    const partition = n % partitions;
    const isAgain = partition > 0 && n % 10 === 1;
    const event = { topic: 't', partition, offset: Math.floor(n / partitions), timestamp: start + n * 1000 };
    return `${JSON.stringify({ ...event, key: `k${n % 8}`, value: { id: isAgain ? n - 1 : n, cents: 1 + (n % 7) } })}\n`;
  });
  writeFileSync(inFolder('log.ndjson'), lines.join(''));
  const incident = await openIncident({
    worker: inFolder('worker.mjs'),
    log: { ndjson: inFolder('log.ndjson') },
    store: inFolder('store'),
  });
  try {
    const inputs = completeInputs(incident);
    const files = fleetFiles(inFolder('fleet'));
    const { fleet } = await planFleet(inputs, { plan: await logReplay(incident).plan(), files, tasks });
    const numbers = (fleet?.tasks ?? []).map(({ number }) => number);
    expect(numbers).toHaveLength(tasks);
    for (const task of numbers) await runTask(inputs, { files, task, scratch: inFolder('scratch') });
    const { runId } = await collectTasks(inputs, files);
    const agree: boolean[] = [];
    for (const task of numbers) agree.push((await verifyTask(inputs, { files, task })).agrees);
    const { checks } = await verifyRun(inputs, runId, {});
    const failed = checks.filter(({ result }) => result === 'failed').map(({ name: check }) => check);
    const shares = checks.find(({ name: check }) => check === 'shares');
    return { agree: agree.every(Boolean), failed, shares: shares?.result };
  } finally {
    incident.close();
  }
}

describe('verifying a fleet finds what a worker remembers outside of its states', () => {
  it.each([
    ['where each partition was a task of its own', 2, 2],
    ['where a task had the partitions that share it', 4, 2],
    ['where each of four was a task', 4, 4],
  ])('%s', async (_, partitions, tasks) => {
    const found = await failedOf(`remembering-${partitions}-${tasks}`, remembering, partitions, tasks);
    expect(found).toEqual({ agree: false, failed: ['state'], shares: 'passed' });
  });

  it('and passes one that remembers nothing', async () => {
    expect(await failedOf('pure', pure, 4, 2)).toEqual({ agree: true, failed: [], shares: 'passed' });
  });

  it('as one machine does where one task has all', async () => {
    expect(await failedOf('single', pure, 2, 1)).toEqual({ agree: true, failed: [], shares: undefined });
  });
});
