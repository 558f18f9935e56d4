/** Which checkpoints are kept. */
export interface KeepingPolicy {
  /** At least so many of the newest; 30 by default. */
  readonly newest?: number;
  /** All of the last so many days; 0 by default. */
  readonly days?: number;
}

export interface KeptCheckpoint {
  readonly id: string;
  /** The id of the one that it stands on; null for a full one. */
  readonly base: string | null;
  /** Milliseconds since 1970. */
  readonly takenAt: number;
  readonly proven: boolean;
}

const defaultNewest = 30;
const dayMs = 24 * 60 * 60 * 1000;

/**
 * The checkpoints that the policy has no use for. Never among them: the newest one, the last one that is proven, and what
 * a kept one stands on.
 * @param checkpoints the oldest first
 */
export function chooseExpired(
  checkpoints: readonly KeptCheckpoint[],
  policy: KeepingPolicy,
  now: number,
): readonly string[] {
  const newest = Math.max(1, policy.newest ?? defaultNewest);
  const since = now - (policy.days ?? 0) * dayMs;
  const byId = new Map(checkpoints.map((checkpoint) => [checkpoint.id, checkpoint]));
  const kept = new Set<string>();
  const keep = (checkpoint: KeptCheckpoint | undefined): void => {
    for (let one = checkpoint; one !== undefined && !kept.has(one.id);) {
      kept.add(one.id);
      one = one.base === null ? undefined : byId.get(one.base);
    }
  };
  for (const checkpoint of checkpoints.slice(-newest)) keep(checkpoint);
  for (const checkpoint of checkpoints) if (checkpoint.takenAt >= since) keep(checkpoint);
  keep(checkpoints.findLast(({ proven }) => proven));
  return checkpoints.filter(({ id }) => !kept.has(id)).map(({ id }) => id);
}
