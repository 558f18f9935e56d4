import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { knownKeys } from '../../core/test/model/close-naively.js';
import { expectResultLikeModel } from '../../core/test/model/engine-under-test.js';
import { generateScenario, share } from '../../core/test/model/generate-scenario.js';
import { orderNaively } from '../../core/test/model/naive-order.js';
import { runLogReplay, type WholeTuning } from './model/run-log-replay.js';
import { provableScenario, wholeScenario } from '../../core/test/model/whole-scenario.js';
import type { Scenario } from '../../core/test/model/scenario.js';

const runs = Math.ceil(
  Number(process.env['EVENTMEND_PROPERTY_RUNS'] ?? (process.env['EVENTMEND_FULL'] === undefined ? 120 : 1500)) / 30,
);
const seed = Number(process.env['EVENTMEND_PROPERTY_SEED'] ?? 20261119);
const folder = mkdtempSync(join(tmpdir(), 'eventmend-whole-'));
let used = 0;

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const cases: fc.Arbitrary<{ scenario: Scenario; tuning: WholeTuning }> = fc
  .tuple(generateScenario({ runs: 10 }), fc.boolean())
  .map(([scenario, provable]) => (provable ? provableScenario(wholeScenario(scenario)) : wholeScenario(scenario)))
  .filter(({ partitions }) => partitions.length > 0)
  .chain((scenario) =>
    fc.record({
      scenario: fc.constant(scenario),
      tuning: fc.record({
        threads: fc.constantFrom(1, 2, 3),
        batchEvents: fc.constantFrom(2, 10, 1000),
        cachedStates: fc.constantFrom(0, 2, 1000),
        stops: fc.nat(2),
        target: targetIn(scenario),
        snapshotAt: fc.option(share),
        seeds: fc.option(fc.subarray([...knownKeys(scenario)].slice(0, 2))),
      }),
    }),
  );

/** The end, or up to and including one of the events. */
function targetIn({ partitions }: Scenario): fc.Arbitrary<WholeTuning['target']> {
  const events = partitions.flatMap(({ id, events: list }) =>
    list.map(({ offset }) => ({ kind: 'event' as const, topic: id.topic, partition: id.partition, offset })),
  );
  return fc.oneof(
    { weight: 2, arbitrary: fc.constant({ kind: 'end' as const }) },
    { weight: 1, arbitrary: fc.constantFrom(...events) },
  );
}

describe(`archive, plan, threads and verification against the naive model (seed ${seed}, ${runs} runs)`, () => {
  it('agrees, and verification agrees with both', { timeout: 15 * 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ scenario, tuning }) => {
        const place = join(folder, String(used++));
        const whole = await runLogReplay(scenario, tuning, place);
        const { result, scenario: resolved, verification } = whole;
        rmSync(place, { recursive: true });
        if (result.kind === 'finished' && result.outputs !== undefined) {
          // The catalogue gives the lanes one after the other.
          expectResultLikeModel(resolved, { ...result, outputs: result.outputs }, 'lanes in one list');
          expect(verification?.checks.filter((check) => check.result === 'failed')).toEqual([]);
        } else expectResultLikeModel(resolved, result);
        if (tuning.target.kind === 'event' && scenario.worker.locality === 'global' && !whole.fromSnapshot) {
          expect(lastEventOf(resolved)).toMatchObject({
            partition: tuning.target.partition,
            offset: tuning.target.offset,
          });
        }
      }),
      { seed, numRuns: runs, endOnFailure: true },
    );
  });
});

function lastEventOf(scenario: Scenario): { readonly partition: number; readonly offset: number } | undefined {
  const last = orderNaively(scenario).lanes[0]?.at(-1);
  return last === undefined ? undefined : { partition: last.partition.id.partition, offset: last.event.offset };
}
