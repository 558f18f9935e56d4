import { chooseRecovery, type LongWork, type OpenIncident, type RecoveryLimits } from '@eventmend/core';
import { requireLimits, type ChosenRecovery, type ReplayPlanOptions } from '@eventmend/core/engine';
import type { ChosenStrategy, Engine, ReplayStrategy } from '../engine/engine.js';

/** The plan of the strategy that was asked for, or of the one that loses least, within limits. */
export async function chooseRequested(
  engine: Engine,
  open: OpenIncident,
  { strategy: name, limits }: { readonly strategy: ChosenStrategy | 'auto'; readonly limits: RecoveryLimits },
  asked: ReplayPlanOptions,
  work: LongWork,
): Promise<ChosenRecovery<ReplayStrategy>> {
  const request = limits.deadlineMs === undefined ? asked : { ...asked, timed: true };
  if (name !== 'auto') {
    const strategy = await engine.strategy(open, name);
    const plan = await strategy.plan(request, work);
    requireLimits(plan, limits);
    return { strategy, plan };
  }
  // Who goes on without what is lost wants no guess in its place.
  const strategies = engine.strategies(open, request.acceptGaps !== true);
  return chooseRecovery(strategies, request, limits, work);
}
