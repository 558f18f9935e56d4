import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMemoryRecordedOutputs } from '@eventmend/core';
import { runWorkerCheck, type WorkerCheckReport } from '@eventmend/core/engine';
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

/** Checks the right worker against what a service recorded that interleaved the partitions in its own way. */
function checkAgainst(
  service: ShuffledService,
  states: HandledState['states'],
  outputs: HandledState['outputs'],
): Promise<WorkerCheckReport> {
  const records = outputs.map(({ booking: { partition, offset }, key, value }) => ({
    output: 'left',
    key,
    value,
    event: { topic: 't', partition, offset },
  }));
  const situation = situationOf(service, states);
  return runWorkerCheck({
    ...situation,
    incident: { ...situation.incident, onset: Date.UTC(2030, 0, 1) },
    recordedOutputs: createMemoryRecordedOutputs(records),
  });
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
