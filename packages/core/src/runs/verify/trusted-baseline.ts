import type { Plan } from '../../model/plan/plan.js';

/**
 * How a snapshot that the user trusts compares with what the log leads to. The run's own way began with it, whatever the log leads to. A task
 * of a fleet compares the keys that it derived.
 */
export interface TrustedBaseline {
  /** Keys with other states on one side than on the other. */
  readonly differing: number;
  /** Keys that the snapshot has and the log leads to as well. */
  readonly inBoth: number;
}

/** The snapshot that a plan begins at because the user trusts it, by its id; null where it begins at another or at none. */
export function trustedSnapshot({ baseline }: Plan): string | null {
  for (const { basis, source } of baseline) if (basis === 'declared' && source.kind === 'snapshot') return source.id;
  return null;
}
