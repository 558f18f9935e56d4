import { isRecoveryError } from '../../model/errors/recovery-error.js';
import { runIdOf } from '../../model/plan/plan-id.js';
import type { Plan } from '../../model/plan/plan.js';
import type { StrategyName } from '../../model/plan/strategy-name.js';
import { samePosition } from '../../model/position/position.js';
import type { LongWork, Strategy } from '../../model/strategy/strategy.js';
import { targetOnLog } from '../../evidence/stop-position/target-on-log.js';
import type { ReplayPlanOptions } from '../../evidence/inputs/recovery-inputs.js';
import { readRunReport } from '../sqlite/read-run-report.js';
import { runFiles } from '../sqlite/run-folder.js';
import type { RefusedStrategy } from './comparison.js';

/** What is told of each strategy before it is carried out, and when it turns out that it cannot be. */
export type MakingStep =
  | { readonly kind: 'planning'; readonly strategy: StrategyName }
  | { readonly kind: 'refused'; readonly refused: RefusedStrategy }
  | {
      readonly kind: 'recovering' | 'verifying' | 'there-already';
      readonly strategy: StrategyName;
      readonly runId: string;
    };

/** Runs of one incident, one for each strategy that could do something. */
export interface MadeRuns {
  /** The ones that were made and the ones that were there. */
  readonly runs: readonly string[];
  readonly refused: readonly RefusedStrategy[];
}

/**
 * Recovers with each strategy that has no such run in the store yet, up to one and the same position, and verifies what no one did:
 * without that nothing of a run is called exact. What cannot be planned is refused, with its reason; what was planned and fails
 * throws. Writes into the store alone.
 * @param store of the incident that the strategies are for
 * @throws RecoveryError what `recover` and `verify` throw, and `interrupted` also while it is planned
 */
export async function makeMissingRuns(
  store: string,
  strategies: readonly Strategy<ReplayPlanOptions>[],
  options: ReplayPlanOptions = {},
  work: LongWork = {},
  tell: (step: MakingStep) => void = () => undefined,
): Promise<MadeRuns> {
  const refused: RefusedStrategy[] = [];
  const plans: { readonly strategy: Strategy<ReplayPlanOptions>; readonly plan: Plan }[] = [];
  for (const strategy of strategies) {
    tell({ kind: 'planning', strategy: strategy.name });
    try {
      const [first] = plans;
      const plan = await strategy.plan(options, work);
      plans.push({
        strategy,
        // A log that grows meanwhile has another end by now.
        plan:
          first === undefined || endTogether(plan, first.plan)
            ? plan
            : await strategy.plan(upTo(first.plan, options), work),
      });
    } catch (error) {
      if (!isRecoveryError(error) || isPassing(error.code)) throw error;
      const { code, message } = error;
      refused.push({ strategy: strategy.name, error: { code, message } });
      tell({ kind: 'refused', refused: { strategy: strategy.name, error: { code, message } } });
    }
  }
  const runs: string[] = [];
  for (const { strategy, plan } of plans) {
    const runId = runIdOf(plan);
    runs.push(runId);
    const before = readRunReport(runFiles(store, runId))?.status;
    const isVerified = before === 'verified' || before === 'mismatch';
    tell({ kind: isVerified ? 'there-already' : 'recovering', strategy: strategy.name, runId });
    if (isVerified) continue;
    if (before !== 'recovered') await strategy.recover(plan, work);
    tell({ kind: 'verifying', strategy: strategy.name, runId });
    await strategy.verify({ runId }, work);
  }
  return { runs, refused };
}

/** What says nothing of the strategy: it was stopped, or may go better next time. */
function isPassing(code: string): boolean {
  return code === 'interrupted' || code === 'disk-write-failed' || code === 'locked-by-another-process';
}

function endTogether(a: Plan, b: Plan): boolean {
  return samePosition(targetOnLog(a), targetOnLog(b));
}

function upTo(plan: Plan, options: ReplayPlanOptions): ReplayPlanOptions {
  const offsets = targetOnLog(plan).map(({ topic, partition, next }) => ({ topic, partition, next }));
  return { ...options, target: { kind: 'offsets', offsets } };
}
