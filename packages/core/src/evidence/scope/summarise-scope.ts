import type { PlanScope } from '../../model/plan/plan.js';
import type { ScopeSummary } from '../../model/strategy/run-report.js';
import type { SnapshotSource } from '../../model/snapshots/snapshot-source.js';

/** The scope of a plan in numbers. @param liveOutside see ScopeSummary */
export function summariseScope(
  { keys, seeds, keysInAll, events }: PlanScope,
  liveOutside: number | null,
): ScopeSummary {
  const { inside: eventsInside, outside: eventsOutside } = events;
  return { keys: keys.length, seeds, keysInAll, eventsInside, eventsOutside, liveOutside };
}

/** How many keys of the live state a run of this scope leaves as they are; null where there is no live state to read. */
export async function countLiveOutside(scope: PlanScope, live: SnapshotSource | null): Promise<number | null> {
  const [described] = live === null ? [] : (await live.list()).snapshots;
  if (live === null || described === undefined) return null;
  const keys = new Set(scope.keys);
  let outside = 0;
  for await (const { key } of live.rows(described.id)) if (!keys.has(key)) outside++;
  return outside;
}
