import { partitionKey, type PartitionId } from '../../model/log/partition-id.js';
import type { Plan } from '../../model/plan/plan.js';
import { positionFromJson, type Position } from '../../model/position/position.js';
import { targetOnLog } from '../../evidence/stop-position/target-on-log.js';

/** What all runs of a comparison have read: only outputs of events in it can stand in all of them. */
export interface OutputStretch {
  /** Where an event stands: in the stretch, on the log but in front of it or behind, or on no log that the service read. */
  locate(event: PartitionId & { readonly offset: number }): 'inside' | 'outside' | 'beside-log';
  /** The same for a record that names topic and partition alone. */
  isInside(event: { readonly topic: string; readonly partition: number; readonly offset: number }): boolean;
}

/** @param plans of the runs, which all end at one position */
export function stretchOfAll(plans: readonly Plan[]): OutputStretch {
  const [first] = plans;
  const target = first === undefined ? [] : targetOnLog(first);
  const starts = latestStarts(plans);
  const ranges = new Map(
    target.map((part) => [partitionKey(part), { from: starts.get(partitionKey(part)) ?? 0, to: part.next }]),
  );
  const byName = new Map(target.map((part) => [nameOf(part), ranges.get(partitionKey(part))]));
  const holds = (range: { readonly from: number; readonly to: number } | undefined, offset: number): boolean =>
    range !== undefined && offset >= range.from && offset < range.to;
  return {
    locate: (event) => {
      const range = ranges.get(partitionKey(event));
      if (range === undefined) return 'beside-log';
      return holds(range, event.offset) ? 'inside' : 'outside';
    },
    isInside: (event) => holds(byName.get(nameOf(event)), event.offset),
  };
}

/** Of baselines of different ages, and of several runs, the newest: what is older, not all of them have read. */
function latestStarts(plans: readonly Plan[]): ReadonlyMap<string, number> {
  const starts = new Map<string, number>();
  const positions: readonly Position[] = plans.flatMap(({ baseline }) =>
    baseline.map(({ position }) => positionFromJson(position)),
  );
  for (const part of positions.flat()) {
    const key = partitionKey(part);
    starts.set(key, Math.max(part.next, starts.get(key) ?? 0));
  }
  return starts;
}

function nameOf({ topic, partition }: { readonly topic: string; readonly partition: number }): string {
  return `${partition}/${topic}`;
}
