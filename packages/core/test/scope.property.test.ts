import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unbalancedAccounts } from '../src/model/accounts/accounts.js';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { closeNaively, knownKeys, namedKeys } from './model/close-naively.js';
import { cutOnPath } from './model/cut-on-path.js';
import { expectLikeModel, type EngineResult } from './model/engine-under-test.js';
import { generateScenario, share } from './model/generate-scenario.js';
import type { GoldenOutput } from './model/naive-digests.js';
import { runCoreEngine, type EngineTuning } from './model/run-core-engine.js';
import { runPlainReplay } from './model/run-plain-replay.js';
import type { Scenario } from './model/scenario.js';

const runs = Number(process.env['EVENTMEND_PROPERTY_RUNS'] ?? (process.env['EVENTMEND_FULL'] === undefined ? 60 : 500));
const seed = Number(process.env['EVENTMEND_PROPERTY_SEED'] ?? 20261119);
const endOnFailure = process.env['EVENTMEND_PROPERTY_SHRINK'] === '0';
const folder = mkdtempSync(join(tmpdir(), 'eventmend-scope-'));
const engine = runCoreEngine(folder);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const tuning: fc.Arbitrary<EngineTuning> = fc.record({
  eventsPerPage: fc.constantFrom(1, 3, 100),
  async: fc.boolean(),
  batchEvents: fc.constantFrom(1, 5, 1000),
  cachedStates: fc.constantFrom(0, 2, 1000),
  determinismSample: fc.constantFrom(0, 1, 64),
  alwaysFreeze: fc.boolean(),
  store: fc.constant('memory'),
  interruptions: fc.array(fc.record({ pages: fc.nat(12), how: fc.constantFrom('stop', 'crash') }), { maxLength: 2 }),
});

/** A scenario and a closed scope over some of its keys. */
const scoped: fc.Arbitrary<Scenario> = fc
  .tuple(generateScenario({ runs: 12 }), fc.oneof(fc.constant(1), share), fc.nat(3))
  .map(([scenario, end, slack]) => cutOnPath(scenario, end, slack))
  .chain((scenario) => {
    const known = [...knownKeys(scenario)];
    return fc
      .subarray(known.length > 0 ? known : ['nobody'], { minLength: 1 })
      .map((seeds) => ({ ...scenario, scope: closeNaively(scenario, seeds) }));
  });

const settings = { seed, numRuns: runs, endOnFailure, plugins: [fc.interruptAfterTimeLimit(10 * 60_000)] };

describe(`a replay that is limited to a scope (seed ${seed}, ${runs} runs)`, { timeout: 11 * 60_000 }, () => {
  it('is what the naive model gives, in the engine and in the plain replay', () =>
    fc.assert(
      fc.asyncProperty(scoped, tuning, async (scenario, how) => {
        await expectLikeModel(engine, scenario, how);
        await expectLikeModel(runPlainReplay, scenario, { ...how, requestOffsets: 5, freeze: how.alwaysFreeze });
      }),
      settings,
    ));

  it('gives the states and outputs of the full run for its keys, and nothing else', () =>
    fc.assert(
      fc.asyncProperty(scoped, tuning, async (scenario, how) => {
        const { scope = [], ...whole } = scenario;
        const full = await engine(whole, how);
        const limited = await engine(scenario, how);
        fc.pre(full.kind === 'finished');
        // Nobody evaluates what is outside, so a window of recent ids takes it for applied.
        fc.pre(scenario.worker.deduplicationWindow === null || full.quarantined?.length === 0);
        expect(limited).toMatchObject({ kind: 'finished' });
        if (full.kind !== 'finished' || limited.kind !== 'finished') return;
        expect(unbalancedAccounts(limited.accounts)).toEqual([]);
        expect([...limited.states].sort(byKey)).toEqual(
          [...full.states].filter(([key]) => scope.includes(key)).sort(byKey),
        );
        expect(limited.outputs).toEqual(outputsInside(full, scope));
      }),
      settings,
    ));

  it('stops where an event names keys of both sides', () =>
    fc.assert(
      fc.asyncProperty(scoped, tuning, fc.nat(), async (scenario, how, pick) => {
        const joining = namedKeys(scenario).filter(
          (keys) => keys.length > 1 && scenario.scope?.includes(keys[0] ?? ''),
        );
        const [first, second] = joining[pick % Math.max(1, joining.length)] ?? [];
        fc.pre(first !== undefined && second !== undefined);
        const torn = { ...scenario, forced: [], scope: (scenario.scope ?? []).filter((key) => key !== second) };
        const worker = { ...torn.worker, deduplicationWindow: null };
        fc.pre(replaysToTheEnd(await engine({ ...scenario, forced: [], worker }, how)));
        expect(await engine({ ...torn, worker }, how)).toEqual({ kind: 'stopped', code: 'event-crosses-scope' });
        const plain = await runPlainReplay({ ...torn, worker }, { ...how, requestOffsets: 5, freeze: false });
        expect(plain).toEqual({ kind: 'stopped', code: 'event-crosses-scope' });
      }),
      { ...settings, numRuns: Math.ceil(runs / 3) },
    ));
});

function replaysToTheEnd({ kind }: { readonly kind: string }): boolean {
  return kind === 'finished';
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}

/** The outputs of the full run that events of the scope gave: those of this worker are for keys of their event. */
function outputsInside(full: EngineResult, scope: readonly string[]): readonly (readonly GoldenOutput[])[] {
  return (full.outputs ?? []).map((lane) => lane.filter(([, , , , , key]) => scope.includes(key)));
}
