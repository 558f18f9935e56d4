import type { ReplayPlanOptions, RecoveryInputs } from '../../evidence/inputs/recovery-inputs.js';
import { isRecoveryError } from '../../model/errors/recovery-error.js';
import type { Fidelity } from '../../model/provenance/provenance.js';
import type { LongWork, Strategy } from '../../model/strategy/strategy.js';
import { compareRecoveries } from '../compare/compare-recoveries.js';
import type { ComparedRecovery, Comparison, StatesAgainst } from '../compare/comparison.js';
import type { Truth } from '../compare/open-sides.js';
import type { RightAndWrong, StrategyScore } from './drill-report.js';

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
      ...scoreOf(compared((subject) => subject.kind === 'run' && subject.runId === recovery.runId)),
    })),
    live: liveScore(compared(({ kind }) => kind === 'live')?.states ?? null),
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

function scoreOf(recovery: ComparedRecovery | null): Pick<StrategyScore, 'keys' | 'exact' | 'outputs' | 'intervals'> {
  if (recovery === null) return { keys: null, exact: null, outputs: null, intervals: null };
  const { states, fidelity, outputs, measures } = recovery;
  const intervals = measures.flatMap(({ interval }) => (interval?.holds == null ? [] : [interval.holds]));
  return {
    keys: statesScore(states),
    exact: states === null ? null : calledExact(states, fidelity ?? {}),
    outputs: outputs === null ? null : outputsScore(outputs),
    intervals:
      intervals.length === 0 ? null : { of: intervals.length, wrong: intervals.filter((holds) => !holds).length },
  };
}

function statesScore(states: StatesAgainst | null): RightAndWrong | null {
  if (states === null) return null;
  const { same, differing, missing, surplus, undetermined } = states;
  const wrong = differing + missing + surplus;
  return { of: same + wrong + undetermined, wrong };
}

/** In a drill it is known that the service came to its events in the order of the replay: no other order excuses a difference. */
function liveScore(states: StatesAgainst | null): RightAndWrong | null {
  const score = statesScore(states);
  return score === null ? null : { of: score.of, wrong: score.wrong + (states?.undetermined ?? 0) };
}

/** A key of which it is called exact that there is none counts too. */
function calledExact({ wrongAs }: StatesAgainst, fidelity: Readonly<Partial<Record<Fidelity, number>>>): RightAndWrong {
  const wrong = wrongAs.exact ?? 0;
  return { of: Math.max(fidelity.exact ?? 0, wrong), wrong };
}

function outputsScore({
  same,
  differing,
  missing,
  surplus,
  besideLog,
}: NonNullable<ComparedRecovery['outputs']>): RightAndWrong {
  const wrong = differing + missing + surplus;
  return { of: same + wrong + besideLog, wrong };
}
