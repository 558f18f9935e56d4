import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, it } from 'vitest';
import { cutOnPath } from './model/cut-on-path.js';
import { expectLikeModel } from './model/engine-under-test.js';
import { generateScenario, share } from './model/generate-scenario.js';
import { generateTimeSteps } from './model/generate-time-steps.js';
import { runCoreEngine, type EngineTuning } from './model/run-core-engine.js';
import type { Scenario } from './model/scenario.js';

const runs = Number(
  process.env['EVENTMEND_PROPERTY_RUNS'] ?? (process.env['EVENTMEND_FULL'] === undefined ? 120 : 1000),
);
const seed = Number(process.env['EVENTMEND_PROPERTY_SEED'] ?? 20261119);
/** Set where it only matters that something is wrong, and not what the smallest such thing is. */
const endOnFailure = process.env['EVENTMEND_PROPERTY_SHRINK'] === '0';
const folder = mkdtempSync(join(tmpdir(), 'eventmend-engine-'));
const engine = runCoreEngine(folder);
const shares = fc.oneof(fc.constant(1), share);

function tuningWith(store: EngineTuning['store']): fc.Arbitrary<EngineTuning> {
  return fc.record({
    eventsPerPage: fc.constantFrom(1, 2, 3, 7, 100, 1000),
    async: fc.boolean(),
    // Every commit to SQLite waits for the disk.
    batchEvents: store === 'memory' ? fc.constantFrom(1, 2, 5, 20, 1000) : fc.constantFrom(3, 10, 1000),
    cachedStates: fc.constantFrom(0, 1, 2, 1000),
    determinismSample: fc.constantFrom(0, 1, 64),
    alwaysFreeze: fc.boolean(),
    store: fc.constant(store),
    interruptions: fc.array(fc.record({ pages: fc.nat(12), how: fc.constantFrom('stop', 'crash') }), { maxLength: 3 }),
  });
}

function expectAgreement(
  scenarios: fc.Arbitrary<Scenario>,
  store: EngineTuning['store'],
  numRuns: number,
): Promise<void> {
  return fc.assert(
    fc.asyncProperty(
      fc.tuple(scenarios, shares, fc.nat(3)).map(([scenario, share, slack]) => cutOnPath(scenario, share, slack)),
      tuningWith(store),
      (scenario, tuning) => expectLikeModel(engine, scenario, tuning),
    ),
    { seed, numRuns, endOnFailure, plugins: [fc.interruptAfterTimeLimit(10 * 60_000, { failOnInterrupt: true })] },
  );
}

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe(`the engine against the naive model (seed ${seed}, ${runs} runs)`, { timeout: 11 * 60_000 }, () => {
  it('agrees over short logs of many kinds, in memory', () =>
    expectAgreement(generateScenario({ runs: 12 }), 'memory', runs));

  it('agrees over longer logs, in memory', () =>
    expectAgreement(generateScenario({ runs: 40 }), 'memory', Math.ceil(runs / 4)));

  it('agrees where large steps of time are nearly or just confirmed', () =>
    expectAgreement(generateTimeSteps, 'memory', Math.ceil(runs / 2)));

  it('agrees in SQLite, over interruptions and breaks', () =>
    expectAgreement(generateScenario({ runs: 8 }), 'sqlite', Math.ceil(runs / 10)));
});
