import type { Plan } from '../../model/plan/plan.js';
import type { PreparedInputs } from '../inputs/prepare-inputs.js';

/** The moments of all snapshots that can be read, in milliseconds. */
export function momentsOf({ snapshots }: Pick<PreparedInputs, 'snapshots'>): ReadonlySet<number> {
  const described = [...snapshots.candidates, ...snapshots.rejected].map(({ description }) => description.takenAt);
  return new Set(described.flatMap((moment) => moment ?? []));
}

/** When a recovery ends, in milliseconds; null where its target is no time. */
export function targetMoment({ target: { spec } }: Pick<Plan, 'target'>): number | null {
  return spec.kind === 'time' ? spec.time : null;
}
