import type { StrategyName } from '../../model/plan/strategy-name.js';
import type { BrokenLimit, ChoiceReason, PlanFigures, RecoveryLimits } from '../../model/plan/recovery-choice.js';
import { fidelitiesFromWorst } from '../../model/provenance/provenance.js';
import { brokenLimits } from './limits.js';

/** From the best tier to the worst: what of two plans of equal worth is taken. */
const tiers: readonly StrategyName[] = ['log-replay', 'checkpoint', 'estimation'];

/** A strategy's plan by what it is weighed by. */
export interface WeighedPlan {
  readonly strategy: StrategyName;
  readonly figures: PlanFigures;
}

/** The plan to take, null where every plan is expected to be worse than nothing; and why it was taken before the next best one. */
export interface PlanChoice<Weighed extends WeighedPlan> {
  readonly chosen: Weighed | null;
  readonly reason: ChoiceReason;
  /** Limits that the chosen plan does not hold: then no plan holds all of them, and it comes nearest. */
  readonly broken: readonly BrokenLimit[];
}

/**
 * Chooses among plans by what they say themselves. The same plans give the same choice in whatever order they stand, and a plan
 * more never makes it worse: what is chosen is the least of a total order.
 * @param isLossAccepted the user goes on without what is lost: that a plan keeps live values for it counts for nothing
 */
export function choosePlan<Weighed extends WeighedPlan>(
  plans: readonly Weighed[],
  limits: RecoveryLimits = {},
  isLossAccepted = false,
): PlanChoice<Weighed> {
  const compare = (a: Weighed, b: Weighed): Difference | null => firstDifference(a, b, limits, isLossAccepted);
  const ordered = plans.filter(({ figures }) => !isWorseThanLive(figures)).sort((a, b) => compare(a, b)?.sign ?? 0);
  const [chosen = null, next] = ordered;
  if (chosen === null) return { chosen: null, reason: 'only-plan', broken: [] };
  const reason = next === undefined ? 'only-plan' : (compare(chosen, next)?.reason ?? 'tier');
  return { chosen, reason, broken: brokenLimits(chosen.figures, limits) };
}

/** True where more keys, or values further off, are expected than if nothing were done. What is not known accuses no plan. */
export function isWorseThanLive({ expectedWrongKeys, liveWrongKeys, isLiveNearer }: PlanFigures): boolean {
  if (isLiveNearer === true) return true;
  return expectedWrongKeys !== null && liveWrongKeys !== null && expectedWrongKeys > liveWrongKeys;
}

/** Nothing is lost and nothing was put in its place: no other plan could be better. */
export function losesNothing({ lostEvents, fidelity }: PlanFigures): boolean {
  return lostEvents === 0 && !withLoss.has(fidelity);
}

const withLoss: ReadonlySet<string> = new Set(['incomplete', 'interpolated', 'extrapolated', 'external']);

interface Difference {
  /** Negative where the first is better. */
  readonly sign: number;
  readonly reason: ChoiceReason;
}

/** The first criterion by which two plans differ; null for none. Less is better everywhere, and what is not known is worst. */
function firstDifference(
  a: WeighedPlan,
  b: WeighedPlan,
  limits: RecoveryLimits,
  isLossAccepted: boolean,
): Difference | null {
  for (const { reason, of } of criteria) {
    if (isLossAccepted && reason === 'keeps-live') continue;
    const [left, right] = [of(a, limits), of(b, limits)];
    if (left !== right) return { sign: left < right ? -1 : 1, reason };
  }
  return null;
}

const criteria: readonly {
  readonly reason: ChoiceReason;
  readonly of: (plan: WeighedPlan, limits: RecoveryLimits) => number;
}[] = [
  { reason: 'limits', of: ({ figures }, limits) => brokenLimits(figures, limits).length },
  { reason: 'expected-wrong-keys', of: ({ figures }) => figures.expectedWrongKeys ?? Infinity },
  // Where nobody knows how many are wrong, a plan that cannot make a key worse goes before one that can.
  { reason: 'keeps-live', of: ({ figures }) => (figures.keepsLive ? 0 : 1) },
  { reason: 'lost-events', of: ({ figures }) => figures.lostEvents ?? Infinity },
  { reason: 'fidelity', of: ({ figures }) => -fidelitiesFromWorst.indexOf(figures.fidelity) },
  { reason: 'replayed-events', of: ({ figures }) => figures.replayedEvents },
  { reason: 'tier', of: ({ strategy }) => tiers.indexOf(strategy) },
];
