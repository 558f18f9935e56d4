import type { ReplayPlanOptions, RecoveryInputs } from '../../evidence/inputs/recovery-inputs.js';
import { isRecoveryError } from '../../model/errors/recovery-error.js';
import type { LongWork, Strategy } from '../../model/strategy/strategy.js';
import { compareRecoveries } from '../compare/compare-recoveries.js';
import type { ComparedRecovery, Comparison } from '../compare/comparison.js';
import type { Truth } from '../compare/open-sides.js';
import { scoreLive, scoreRecovery, type RecoveryScore, type RightAndWrong } from '../compare/score-recovery.js';
import type { StrategyScore } from './drill-report.js';

/** A strategy as a drill opens it, for the incident that it made. */
export interface DrilledStrategy {
  readonly name: string;
  open(inputs: RecoveryInputs): Promise<Strategy<ReplayPlanOptions>> | Strategy<ReplayPlanOptions>;
}

export interface StrategyScores {
  readonly strategies: readonly StrategyScore[];
  readonly live: RightAndWrong | null;
  /** All of them side by side; null where every strategy was refused. */
  readonly comparison: Comparison | null;
}

const unscored: RecoveryScore = { keys: null, exact: null, outputs: null, intervals: null, offInSum: null };

function scored(recovery: ComparedRecovery | null): RecoveryScore {
  return recovery === null ? unscored : scoreRecovery(recovery);
}

type Recovery = Pick<StrategyScore, 'strategy' | 'refused' | 'runId' | 'verdict' | 'verified' | 'durationMs'>;

/** Recovers with each strategy, verifies, and holds what came of it against the truth. A refusal is an answer. */
export async function scoreStrategies(
  strategies: readonly DrilledStrategy[],
  inputs: RecoveryInputs,
  truth: Truth,
  work: LongWork,
): Promise<StrategyScores> {
  const recoveries: Recovery[] = [];
  for (const strategy of strategies) recoveries.push(await recoverWith(strategy, inputs, work));
  const runs = recoveries.flatMap(({ runId }) => runId ?? []);
  const comparison =
    runs.length === 0 ? null : (await compareRecoveries(inputs, { runs, against: { truth } }, work)).comparison;
  const compared = (isMeant: (subject: ComparedRecovery['subject']) => boolean) =>
    comparison?.recoveries.find(({ subject }) => isMeant(subject)) ?? null;
  return {
    strategies: recoveries.map((recovery): StrategyScore => ({
      ...recovery,
      ...scored(compared((subject) => subject.kind === 'run' && subject.runId === recovery.runId)),
    })),
    live: scoreLive(compared(({ kind }) => kind === 'live')?.states ?? null),
    comparison,
  };
}

async function recoverWith({ name, open }: DrilledStrategy, inputs: RecoveryInputs, work: LongWork): Promise<Recovery> {
  const started = performance.now();
  const took = (): number => Math.round(performance.now() - started);
  try {
    const strategy = await open(inputs);
    const plan = await strategy.plan({ acceptGaps: true }, work);
    const { runId } = await strategy.recover(plan, work);
    const { verdict, checks } = await strategy.verify({ runId }, work);
    const verified = checks.every(({ result }) => result !== 'failed');
    return { strategy: name, refused: null, runId, verdict, verified, durationMs: took() };
  } catch (error) {
    if (!isRecoveryError(error) || isOfThisMachine(error.code)) throw error;
    const refused = { code: error.code, message: error.message };
    return { strategy: name, refused, runId: null, verdict: null, verified: null, durationMs: took() };
  }
}

/** What says nothing of the strategy. */
function isOfThisMachine(code: string): boolean {
  return code === 'interrupted' || code === 'disk-write-failed' || code === 'locked-by-another-process';
}
