import type { PartitionAccount } from '../../src/model/accounts/accounts.js';
import { expect } from 'vitest';
import type { GoldenOutput } from './naive-digests.js';
import { type ReplayResult, type StoppedReplay, replayNaively } from './naive-model.js';
import { locationKey, type Scenario } from './scenario.js';

/**
 * What an implementation gives of a scenario. Fields that it does not have are left out and not compared; states and
 * accounts it must have.
 */
export interface EngineResult {
  readonly kind: 'finished';
  /** As they are stored: encoded; deleted ones absent. */
  readonly states: ReadonlyMap<string, unknown>;
  /** Sorted by partition. */
  readonly accounts: readonly PartitionAccount[];
  /** Lane by lane, lanes in the order of their partitions. */
  readonly outputs?: readonly (readonly GoldenOutput[])[];
  readonly outputCount?: number;
  readonly stateDigest?: string;
  readonly outputsDigest?: string;
  readonly quarantined?: ReplayResult['quarantined'];
  readonly order?: ReplayResult['order'];
  /** What the value of each key rests on; the model does not know. */
  readonly causes?: ReadonlyMap<string, string>;
}

/** One function to plug in: runs a scenario with some tuning, over as many interruptions as it likes. */
export type RunEngine<Tuning> = (scenario: Scenario, tuning: Tuning) => Promise<EngineResult | StoppedReplay>;

/** Runs engine and model and compares everything that the engine gives. */
export async function expectLikeModel<Tuning>(
  engine: RunEngine<Tuning>,
  scenario: Scenario,
  tuning: Tuning,
): Promise<void> {
  expectResultLikeModel(scenario, await engine(scenario, tuning));
}

/** Compares a result with the model's; `shape` says whether lanes of outputs come apart. */
export function expectResultLikeModel(
  scenario: Scenario,
  given: EngineResult | StoppedReplay,
  shape: 'lanes apart' | 'lanes in one list' = 'lanes apart',
): void {
  const expected = replayNaively(scenario);
  if (expected.kind === 'stopped' || given.kind === 'stopped') {
    // Where keys stand in two partitions, lanes side by side decide what is told first: that, or a failed event.
    if (scenario.worker.locality === 'partition') expect(given.kind).toBe(expected.kind);
    else expect(given).toEqual(expected);
    return;
  }
  expect(given.accounts).toEqual(expected.accounts);
  expect(sortedStates(given.states)).toEqual(sortedStates(expected.states));
  if (given.order !== undefined) expect(given.order).toEqual(expected.order);
  if (given.quarantined !== undefined) expect(byPlace(given.quarantined)).toEqual(byPlace(expected.quarantined));
  if (given.outputs !== undefined) {
    const apart = shape === 'lanes apart';
    expect(apart ? given.outputs : given.outputs.flat()).toEqual(apart ? expected.outputs : expected.outputs.flat());
  }
  if (given.outputCount !== undefined) expect(given.outputCount).toBe(expected.outputs.flat().length);
  if (given.stateDigest !== undefined) expect(given.stateDigest).toBe(expected.stateDigest);
  if (given.outputsDigest !== undefined) expect(given.outputsDigest).toBe(expected.outputsDigest);
}

/** Storage keeps the order of a state's fields, so their text is compared. */
function sortedStates(states: ReadonlyMap<string, unknown>): readonly (readonly [string, string])[] {
  return [...states].map(([key, state]) => [key, JSON.stringify(state)] as const).sort(([a], [b]) => (a < b ? -1 : 1));
}

/** A store may list them in another order than they were met. */
function byPlace(quarantined: ReplayResult['quarantined']): readonly string[] {
  return quarantined.map(({ code, offset, ...id }) => `${locationKey(id, offset)} ${code}`).sort();
}
