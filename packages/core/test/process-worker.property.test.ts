import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { WorkerSource } from '../src/worker/worker-source.js';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { cutOnPath } from './model/cut-on-path.js';
import { expectResultLikeModel } from './model/engine-under-test.js';
import { generateScenario, share } from './model/generate-scenario.js';
import { runCoreEngine, type EngineTuning } from './model/run-core-engine.js';
import { replayPlainly } from './model/run-plain-replay.js';
import type { Scenario } from './model/scenario.js';

const runs = Math.ceil(
  Number(process.env['EVENTMEND_PROPERTY_RUNS'] ?? (process.env['EVENTMEND_FULL'] === undefined ? 100 : 1000)) / 10,
);
const seed = Number(process.env['EVENTMEND_PROPERTY_SEED'] ?? 20261125);
const folder = mkdtempSync(join(tmpdir(), 'eventmend-process-'));
const program = fileURLToPath(new URL('./model/scenario-process.mjs', import.meta.url));
const crashFile = join(folder, 'crashes');

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A scenario that a process can have: it decodes bytes itself, and has no codec, upcaster or versions. */
function forProcess(scenario: Scenario): Scenario {
  const { worker } = scenario;
  const isJson = (text: string | null): boolean => {
    try {
      return text === null || JSON.parse(text) !== undefined;
    } catch {
      return false;
    }
  };
  return {
    ...scenario,
    worker: {
      ...worker,
      single: false,
      async: 'never',
      initial: false,
      codec: false,
      upcaster: false,
      secondVersion: null,
    },
    initialStates: worker.codec ? [] : scenario.initialStates,
    partitions: scenario.partitions.map((partition) => ({
      ...partition,
      events: partition.events.map((event) => (isJson(event.value) ? event : { ...event, value: '{"op":"cut"}' })),
    })),
  };
}

/** Version 1 sends the states to and fro; with version 2 the process keeps them. */
type Protocol = '1' | '2';

function processOf({ worker }: Scenario, protocol: Protocol): WorkerSource {
  const window = worker.deduplicationWindow === null ? 'none' : String(worker.deduplicationWindow);
  return {
    kind: 'process',
    command: [process.execPath, program, worker.locality, window, crashFile, protocol],
    cwd: folder,
    files: [],
  };
}

const inThisProcess = runCoreEngine(folder);
const inAProcess = {
  '1': runCoreEngine(folder, (scenario) => processOf(scenario, '1')),
  '2': runCoreEngine(folder, (scenario) => processOf(scenario, '2')),
};

const scenarios = fc
  .tuple(generateScenario({ runs: 16 }), fc.oneof(fc.constant(1), share), fc.nat(3))
  .map(([scenario, end, slack]) => cutOnPath(forProcess(scenario), end, slack));

const tuning: fc.Arbitrary<EngineTuning> = fc.record({
  eventsPerPage: fc.constantFrom(1, 3, 7, 1000),
  async: fc.boolean(),
  // A batch is never larger than what is committed together.
  batchEvents: fc.constantFrom(1, 2, 5, 20, 1000),
  cachedStates: fc.constantFrom(0, 2, 1000),
  determinismSample: fc.constant(64),
  alwaysFreeze: fc.constant(false),
  store: fc.constant('memory'),
  interruptions: fc.array(fc.record({ pages: fc.nat(12), how: fc.constantFrom('stop', 'crash') }), { maxLength: 2 }),
});

/**
 * How far each start of the process comes. At least 3: an event that is alone with a process is asked for its keys and
 * handled, and is to blame if the process breaks both times.
 */
const crashes = fc.array(fc.integer({ min: 3, max: 40 }), { maxLength: 4 });

describe(`a worker process against the naive model (seed ${seed}, ${runs} runs)`, { timeout: 11 * 60_000 }, () => {
  it.each(['1', '2'] as const)(
    'gives what the same handler gives here, over crashes and interruptions: protocol %s',
    (protocol) =>
      fc.assert(
        fc.asyncProperty(scenarios, tuning, crashes, async (scenario, how, moments) => {
          writeFileSync(crashFile, moments.join('\n'));
          const given = await inAProcess[protocol](scenario, how);
          expectResultLikeModel(scenario, given);
          const here = await inThisProcess(scenario, how);
          if (given.kind === 'finished' && here.kind === 'finished') expect(given.causes).toEqual(here.causes);
        }),
        { seed, numRuns: runs, endOnFailure: true, plugins: [fc.interruptAfterTimeLimit(10 * 60_000)] },
      ),
  );

  it('is verified with the same result', () =>
    fc.assert(
      fc.asyncProperty(scenarios, crashes, async (scenario, moments) => {
        writeFileSync(crashFile, moments.join('\n'));
        const shape = { eventsPerPage: 7, async: false, requestOffsets: Infinity, freeze: false };
        expectResultLikeModel(scenario, await replayPlainly(scenario, shape, processOf(scenario, '2')));
      }),
      { seed, numRuns: runs, endOnFailure: true, plugins: [fc.interruptAfterTimeLimit(10 * 60_000)] },
    ));
});
