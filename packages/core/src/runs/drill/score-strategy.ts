import type { ReplayPlanOptions, RecoveryInputs } from '../../evidence/inputs/recovery-inputs.js';
import { isRecoveryError } from '../../model/errors/recovery-error.js';
import { sameJson } from '../../model/json/same-json.js';
import type { Fidelity } from '../../model/provenance/provenance.js';
import type { RunReport } from '../../model/strategy/run-report.js';
import type { Run } from '../../model/strategy/run.js';
import type { LongWork, Strategy } from '../../model/strategy/strategy.js';
import { openRunCatalogue } from '../sqlite/run-catalogue.js';
import { openRun } from '../executor/open-run.js';
import type { FidelityScore, StateScore, StrategyScore } from './drill-report.js';

/** A strategy as a drill opens it, for the incident that it made. */
export interface DrilledStrategy {
  readonly name: string;
  open(inputs: RecoveryInputs): Promise<Strategy<ReplayPlanOptions>> | Strategy<ReplayPlanOptions>;
}

/** What should have come of it. */
export interface DrillTruth {
  readonly states: ReadonlyMap<string, unknown>;
}

/** Recovers with one strategy, verifies, and holds what came of it against the truth. A refusal is an answer. */
export async function scoreStrategy(
  { name, open }: DrilledStrategy,
  inputs: RecoveryInputs,
  truth: DrillTruth,
  work: LongWork,
): Promise<StrategyScore> {
  const started = performance.now();
  const took = (): number => Math.round(performance.now() - started);
  try {
    const strategy = await open(inputs);
    const plan = await strategy.plan({ acceptGaps: true }, work);
    const { runId } = await strategy.recover(plan, work);
    const verification = await strategy.verify({ runId }, work);
    const durationMs = took();
    const report = openRunCatalogue(inputs.store).report(runId);
    const run = openRun(inputs.store, report as RunReport);
    return {
      strategy: name,
      refused: null,
      verdict: verification.verdict,
      verified: verification.checks.every(({ result }) => result !== 'failed'),
      states: scoreStates(run, truth.states),
      outputs: null,
      durationMs,
    };
  } catch (error) {
    if (!isRecoveryError(error) || error.code === 'interrupted') throw error;
    const { code, message } = error;
    const nothing = { verdict: null, verified: null, states: null, outputs: null };
    return { strategy: name, refused: { code, message }, ...nothing, durationMs: took() };
  }
}

function scoreStates(run: Run, truth: ReadonlyMap<string, unknown>): StateScore {
  const byFidelity: Partial<Record<Fidelity, FidelityScore>> = {};
  let firstFalse: string | null = null;
  let keys = 0;
  let wrong = 0;
  const seen = new Set<string>();
  for (const { key, state, fidelity } of run.states()) {
    keys++;
    seen.add(key);
    const right = truth.has(key) && sameJson(state, truth.get(key));
    const { keys: before, wrong: wrongBefore } = byFidelity[fidelity] ?? { keys: 0, wrong: 0 };
    byFidelity[fidelity] = { keys: before + 1, wrong: wrongBefore + (right ? 0 : 1) };
    if (right) continue;
    wrong++;
    if (fidelity === 'exact') firstFalse ??= key;
  }
  const missing = [...truth.keys()].filter((key) => !seen.has(key)).length;
  return { keys: keys + missing, wrong: wrong + missing, byFidelity, firstFalse };
}
