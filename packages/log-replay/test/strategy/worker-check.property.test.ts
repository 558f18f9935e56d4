import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { createMemoryRecordedOutputs, createMemorySnapshots } from '@eventmend/core';
import { runWorkerCheck, type WorkerCheckReport } from '@eventmend/log-replay';
import {
  closedKeys,
  handle,
  logOf,
  positionAfter,
  shuffledServices,
  shuffledWorker,
  type HandledState,
  type ShuffledService,
} from './shuffled-service.js';

const runs = Math.ceil(Number(process.env['EVENTMEND_PROPERTY_RUNS'] ?? 300) / 2);
const seed = Number(process.env['EVENTMEND_PROPERTY_SEED'] ?? 20261119);
const folder = mkdtempSync(join(tmpdir(), 'eventmend-check-'));
let used = 0;

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Checks the right worker against what a service recorded that interleaved the partitions in its own way. */
function checkAgainst(
  service: ShuffledService,
  states: HandledState['states'],
  outputs: HandledState['outputs'],
): Promise<WorkerCheckReport> {
  const rows = [...states].map(([key, state]) => ({ key, state }));
  const position = positionAfter(service.handled.slice(0, service.cut));
  const records = outputs.map(({ booking: { partition, offset }, key, value }) => ({
    output: 'left',
    key,
    value,
    event: { topic: 't', partition, offset },
  }));
  return runWorkerCheck(
    {
      incident: { name: 'shuffled', digest: '0'.repeat(64), onset: Date.UTC(2030, 0, 1), end: null },
      worker: { kind: 'definition', worker: shuffledWorker, hash: 'shuffled' },
      logs: [{ log: logOf(service.bookings), as: 'log' }],
      snapshots: createMemorySnapshots([{ id: 's', position, rows }]),
      trusted: [],
      live: null,
      recordedOutputs: createMemoryRecordedOutputs(records),
      order: { by: 'time', maxStepMs: 24 * 3600 * 1000 },
      poison: 'stop',
      references: {},
      store: join(folder, String(used++)),
    },
    {},
  );
}

describe(`worker check under an order that nobody recorded (seed ${seed}, ${runs} runs)`, () => {
  it('never blames a healthy service, and finds a wrong output of keys that one partition alone reaches', async () => {
    const seen = { passed: 0, undetermined: 0, mismatch: 0 };
    await fc.assert(
      fc.asyncProperty(shuffledServices, fc.nat(), async (service, pick) => {
        const { outputs } = await handle(service.handled);
        const { states } = await handle(service.handled.slice(0, service.cut));
        const healthy = await checkAgainst(service, states, outputs);
        expect(healthy.verdict).not.toBe('mismatch');
        expect(healthy.firstDifference).toBeNull();
        if (healthy.verdict === 'passed') seen.passed++;

        const planted = pick % outputs.length;
        const wrong = outputs.map((output, index) => (index === planted ? { ...output, value: -1 } : output));
        const faulty = await checkAgainst(service, states, wrong);
        const { booking } = wrong[planted] as HandledState['outputs'][number];
        if (closedKeys(service.handled).has(booking.keys[0] ?? '')) {
          seen.mismatch++;
          expect(faulty).toMatchObject({
            verdict: 'mismatch',
            firstDifference: {
              seen: { in: 'output', event: { topic: 't', partition: booking.partition, offset: booking.offset } },
              recorded: '-1',
            },
          });
        } else {
          seen.undetermined++;
          expect(faulty.verdict).not.toBe('mismatch');
        }
      }),
      { seed, numRuns: runs, endOnFailure: true },
    );
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(runs / 20);
  });
});
