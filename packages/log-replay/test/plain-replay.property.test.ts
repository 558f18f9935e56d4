import fc from 'fast-check';
import { describe, it } from 'vitest';
import { expectLikeModel } from './model/engine-under-test.js';
import { generateScenario } from './model/generate-scenario.js';
import { runPlainReplay, type PlainTuning } from './model/run-plain-replay.js';

const tuning: fc.Arbitrary<PlainTuning> = fc.record({
  eventsPerPage: fc.constantFrom(1, 2, 3, 7, 100, 1000),
  async: fc.boolean(),
  requestOffsets: fc.constantFrom(1, 5, 64, Infinity),
  freeze: fc.boolean(),
});

const runs = Number(process.env['EVENTMEND_PROPERTY_RUNS'] ?? 400);
const seed = Number(process.env['EVENTMEND_PROPERTY_SEED'] ?? 20261119);

describe(`the plain replay against the naive model (seed ${seed}, ${runs} runs)`, () => {
  it('agrees over short logs of many kinds', async () => {
    await fc.assert(
      fc.asyncProperty(generateScenario({ runs: 12 }), tuning, (scenario, how) =>
        expectLikeModel(runPlainReplay, scenario, how),
      ),
      { seed, numRuns: runs },
    );
  });

  it('agrees over long logs, where the rule about large steps of time looks at part of the log only', async () => {
    await fc.assert(
      fc.asyncProperty(generateScenario({ runs: 40 }), tuning, (scenario, how) =>
        expectLikeModel(runPlainReplay, scenario, how),
      ),
      { seed: seed + 1, numRuns: Math.ceil(runs / 4) },
    );
  });
});
