import { isBesideLog } from '../../engine/spec/spec-of-plan.js';
import type { Plan } from '../../model/plan/plan.js';
import type { KeyGroups, Spread, SpreadRefusal } from './spread.js';

/** What of a plan decides whether it may be spread. */
export type SpreadablePlan = Pick<Plan, 'order' | 'segments' | 'baseline'> & {
  readonly worker: Pick<Plan['worker'], 'locality'>;
};

/** A group with more of the events than this leaves the other tasks next to nothing to do. */
const largestShare = 0.5;

/**
 * Whether a plan may be spread by keys as far as the plan itself says; null where the events decide.
 * A partition-local worker needs none of this: its lanes are independent by its promise, which is checked for every key.
 */
export function objectionToKeys(plan: SpreadablePlan, deduplicates: boolean): SpreadRefusal | null {
  if (plan.order.by !== 'time') return { kind: 'order', by: plan.order.by };
  if (deduplicates) return { kind: 'deduplicates' };
  if (plan.segments.some(isBesideLog)) return { kind: 'beside-log' };
  if (plan.segments.some(({ log, damaged }) => log === null || damaged === true)) return { kind: 'holes' };
  if (plan.baseline.length > 1) return { kind: 'several-baselines' };
  return null;
}

/**
 * How a plan may be spread.
 * @param groups which keys its events connect; null where each event names one key, and not asked of a worker that is
 *   partition-local
 */
export function decideSpread(plan: SpreadablePlan, deduplicates: boolean, groups: KeyGroups | null): Spread {
  if (plan.worker.locality === 'partition') return { kind: 'partitions' };
  const objection = objectionToKeys(plan, deduplicates);
  if (objection !== null) return { kind: 'refused', reason: objection };
  if (groups === null) return { kind: 'keys', groups };
  if (groups.withoutKeys > 0) {
    return { kind: 'refused', reason: { kind: 'events-without-keys', events: groups.withoutKeys } };
  }
  const share = groups.events === 0 ? 0 : groups.largest.events / groups.events;
  if (groups.largest.keys > 1 && share > largestShare) {
    return { kind: 'refused', reason: { kind: 'connected', groups, share } };
  }
  return { kind: 'keys', groups };
}
