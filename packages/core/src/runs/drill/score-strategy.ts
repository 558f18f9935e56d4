import type { ReplayPlanOptions, RecoveryInputs } from '../../evidence/inputs/recovery-inputs.js';
import { isRecoveryError } from '../../model/errors/recovery-error.js';
import { sameJson } from '../../model/json/same-json.js';
import type { RunReport } from '../../model/strategy/run-report.js';
import type { Run } from '../../model/strategy/run.js';
import type { LongWork, Strategy } from '../../model/strategy/strategy.js';
import { openRunCatalogue } from '../sqlite/run-catalogue.js';
import { openRun } from '../executor/open-run.js';
import type { StrategyScore } from './drill-report.js';

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
      runId,
      verdict: verification.verdict,
      verified: verification.checks.every(({ result }) => result !== 'failed'),
      ...scoreStates(run, truth.states),
      outputs: null,
      intervals: null,
      durationMs,
    };
  } catch (error) {
    if (!isRecoveryError(error) || error.code === 'interrupted') throw error;
    const { code, message } = error;
    const nothing = {
      runId: null,
      verdict: null,
      verified: null,
      keys: null,
      exact: null,
      outputs: null,
      intervals: null,
    };
    return { strategy: name, refused: { code, message }, ...nothing, durationMs: took() };
  }
}

function scoreStates(run: Run, truth: ReadonlyMap<string, unknown>): Pick<StrategyScore, 'keys' | 'exact'> {
  const exact = { of: 0, wrong: 0 };
  const keys = { of: 0, wrong: 0 };
  const seen = new Set<string>();
  for (const { key, state, fidelity } of run.states()) {
    seen.add(key);
    const wrong = truth.has(key) && sameJson(state, truth.get(key)) ? 0 : 1;
    keys.of++;
    keys.wrong += wrong;
    if (fidelity !== 'exact') continue;
    exact.of++;
    exact.wrong += wrong;
  }
  const missing = [...truth.keys()].filter((key) => !seen.has(key)).length;
  return { keys: { of: keys.of + missing, wrong: keys.wrong + missing }, exact };
}
