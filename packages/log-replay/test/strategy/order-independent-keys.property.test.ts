import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SnapshotFinding } from '@eventmend/core/engine';
import { logReplay } from '@eventmend/log-replay';
import {
  closedKeys,
  handle,
  runs,
  seed,
  shuffledServices,
  shuffledSituations,
  type HandledState,
  type ShuffledService,
} from './shuffled-service.js';

const situationOf = shuffledSituations();

/** What planning finds out about a snapshot with these states, taken where the service stood. */
async function findingOf(service: ShuffledService, states: HandledState['states']): Promise<SnapshotFinding> {
  const { snapshots } = await logReplay(situationOf(service, states)).plan();
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
