import type { LaneNumber } from '../../engine/store/run-store.js';
import type { FleetPlan, FleetTask } from '../fleet/fleet-plan.js';

/** Lanes that are derived again together, in one memory of the worker. */
export type LanesTogether = readonly LaneNumber[];

interface PlacedLane {
  readonly lane: LaneNumber;
  readonly events: number;
}

/**
 * Shares the lanes of a fleet out for its verification, otherwise than its tasks had them: a worker that remembers something outside of
 * its states would make the same mistake again where the same lanes share its memory. No two lanes of a task are together again, and
 * a lane that was alone has others beside it.
 * @returns by task, what verifying it derives, which may be nothing; null for a fleet by key
 */
export function shareForVerification({
  tasks,
}: Pick<FleetPlan, 'tasks'>): readonly (readonly LanesTogether[])[] | null {
  const lanesOf = tasks.map(placedLanes);
  if (lanesOf.some((lanes) => lanes === null)) return null;
  const placed = lanesOf.flatMap((lanes) => (lanes === null ? [] : [lanes]));
  const [only] = placed;
  // One process did all of it, and so one derives it, as on one machine.
  if (placed.length === 1 && only !== undefined) return [[only.map(({ lane }) => lane)]];
  const lanes = placed.reduce((sum, of) => sum + of.length, 0);
  const columns = Array.from({ length: Math.max(...placed.map((of) => of.length)) }, (_, at) =>
    placed.flatMap((of) => of[at] ?? []),
  );
  // As many parts as tasks at the least, where that leaves two lanes to each.
  const partsOf = (column: number): number => Math.min(column / 2, Math.ceil((tasks.length * column) / lanes));
  const together = columns.flatMap((column) => inParts(column, Math.max(1, Math.floor(partsOf(column.length)))));
  return shareOut(together, tasks.length);
}

/** Null for a task of keys. */
function placedLanes({ lanes, ranges }: FleetTask): readonly PlacedLane[] | null {
  if (lanes === null) return null;
  // A lane that can be spread is one partition.
  return lanes.map((lane, at) => ({ lane, events: Number(ranges[at]?.to ?? 0) - Number(ranges[at]?.from ?? 0) }));
}

/** Parts of equal length, or one less. */
function inParts<Item>(items: readonly Item[], parts: number): readonly (readonly Item[])[] {
  return Array.from({ length: parts }, (_, part) =>
    items.slice(Math.floor((part * items.length) / parts), Math.floor(((part + 1) * items.length) / parts)),
  );
}

/** The longest first, to whoever has least. */
function shareOut(together: readonly (readonly PlacedLane[])[], shares: number): readonly (readonly LanesTogether[])[] {
  const shared = Array.from({ length: shares }, () => ({ events: 0, parts: [] as LanesTogether[] }));
  const parts = together
    .map((lanes) => ({ lanes: lanes.map(({ lane }) => lane), events: lanes.reduce((sum, one) => sum + one.events, 0) }))
    .sort((a, b) => b.events - a.events);
  for (const { lanes, events } of parts) {
    const least = shared.reduce((a, b) => (b.events < a.events ? b : a));
    least.events += events;
    least.parts.push([...lanes].sort((a, b) => a - b));
  }
  return shared.map((share) => share.parts);
}
