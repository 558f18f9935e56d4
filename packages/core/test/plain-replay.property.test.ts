import fc from 'fast-check';
import { describe, it } from 'vitest';
import { expectLikeModel } from './model/engine-under-test.js';
import { generateScenario } from './model/generate-scenario.js';
import { generateTimeSteps } from './model/generate-time-steps.js';
import { runPlainReplay, type PlainTuning } from './model/run-plain-replay.js';
import type { Scenario } from './model/scenario.js';

const tuning: fc.Arbitrary<PlainTuning> = fc.record({
  eventsPerPage: fc.constantFrom(1, 2, 3, 7, 100, 1000),
  async: fc.boolean(),
  requestOffsets: fc.constantFrom(1, 5, 64, Infinity),
  freeze: fc.boolean(),
});

const runs = Number(
  process.env['EVENTMEND_PROPERTY_RUNS'] ?? (process.env['EVENTMEND_FULL'] === undefined ? 120 : 1500),
);
const seed = Number(process.env['EVENTMEND_PROPERTY_SEED'] ?? 20261119);

function expectAgreement(scenarios: fc.Arbitrary<Scenario>, numRuns: number): Promise<void> {
  return fc.assert(
    fc.asyncProperty(scenarios, tuning, (scenario, how) => expectLikeModel(runPlainReplay, scenario, how)),
    // Shrinking long logs takes long: what is found by then is reported.
    { seed, numRuns, plugins: [fc.interruptAfterTimeLimit(10 * 60_000, { failOnInterrupt: true })] },
  );
}

describe(`the plain replay against the naive model (seed ${seed}, ${runs} runs)`, { timeout: 11 * 60_000 }, () => {
  it('agrees over short logs of many kinds', () => expectAgreement(generateScenario({ runs: 12 }), runs));

  it('agrees over longer logs', () => expectAgreement(generateScenario({ runs: 40 }), Math.ceil(runs / 4)));

  it('agrees where large steps of time are nearly or just confirmed', () =>
    expectAgreement(generateTimeSteps, Math.ceil(runs / 2)));
});
