import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { createMemorySnapshots, type SnapshotFinding } from '@eventmend/core';
import { logReplay, type ReplaySituation } from '@eventmend/log-replay';
import {
  closedKeys,
  handle,
  logOf,
  positionAfter,
  shuffledServices,
  shuffledWorker,
  type ShuffledService,
} from './shuffled-service.js';

const runs = Math.ceil(Number(process.env['EVENTMEND_PROPERTY_RUNS'] ?? 300) / 2);
const seed = Number(process.env['EVENTMEND_PROPERTY_SEED'] ?? 20261119);
const folder = mkdtempSync(join(tmpdir(), 'eventmend-order-'));
let used = 0;

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What planning finds out about a snapshot with these states, taken where the service stood. */
async function findingOf(service: ShuffledService, states: ReadonlyMap<string, unknown>): Promise<SnapshotFinding> {
  const rows = [...states].map(([key, state]) => ({ key, state }));
  const position = positionAfter(service.handled.slice(0, service.cut));
  const situation: ReplaySituation = {
    incident: { name: 'shuffled', digest: '0'.repeat(64), onset: null, end: null },
    worker: { kind: 'definition', worker: shuffledWorker, hash: 'shuffled' },
    logs: [{ log: logOf(service.bookings), as: 'log' }],
    snapshots: createMemorySnapshots([{ id: 's', position, rows }]),
    trusted: [],
    live: null,
    order: { by: 'time', maxStepMs: 24 * 3600 * 1000 },
    poison: 'stop',
    references: {},
    store: join(folder, String(used++)),
  };
  const { snapshots } = await logReplay().plan(situation, {});
  return snapshots[0] as SnapshotFinding;
}

describe(`a service that interleaves the partitions otherwise (seed ${seed}, ${runs} runs)`, () => {
  it('is never blamed while it is healthy; an error in a key that one partition alone reaches is found', async () => {
    const seen = { proven: 0, differs: 0, undetermined: 0 };
    await fc.assert(
      fc.asyncProperty(shuffledServices, fc.nat(), async (service, pick) => {
        const handled = service.handled.slice(0, service.cut);
        const { states } = await handle(handled);
        const healthy = await findingOf(service, states);
        expect(['proven', 'order-not-determined']).toContain(healthy.finding);
        if (healthy.finding === 'proven') seen.proven++;
        else seen.undetermined++;

        const keys = [...states.keys()].sort();
        const key = keys[pick % keys.length] as string;
        const wrong = new Map(states).set(key, { ...(states.get(key) as object), left: 1_000 });
        const faulty = await findingOf(service, wrong);
        if (closedKeys(handled).has(key)) {
          seen.differs++;
          expect(faulty).toMatchObject({
            finding: 'differs',
            firstDifference: expect.stringContaining(key) as unknown,
          });
        } else expect(faulty.finding).toBe('order-not-determined');
      }),
      { seed, numRuns: runs, endOnFailure: true },
    );
    // The property would be empty if one of the cases never came up.
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(runs / 20);
  });
});
