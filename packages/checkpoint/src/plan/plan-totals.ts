import type { SnapshotDescription } from '@eventmend/core';
import {
  isWithin,
  momentsOf,
  unusedTotals,
  type ControlTotal,
  type PlacedByTime,
  type PlanTotals,
  type PreparedInputs,
  type SnapshotObjections,
} from '@eventmend/core/engine';

/** Holds the snapshots of all moments that control totals are of against these, whether a recovery could begin there or not. */
export async function holdAgainstTotals(
  { prepared, placed }: PlacedByTime,
  objections: SnapshotObjections,
): Promise<void> {
  const moments = new Set((prepared.situation.totals ?? []).flatMap(({ at }) => at ?? []));
  if (moments.size === 0) return;
  const described = new Map<string, SnapshotDescription>();
  for (const { description } of [...prepared.snapshots.candidates, ...placed.values()]) {
    if (description.takenAt !== null && moments.has(description.takenAt)) described.set(description.id, description);
  }
  for (const description of described.values()) await objections.of(description);
}

/** What became of the control totals, a source each; undefined where there are none. */
export function planTotals(
  prepared: PreparedInputs,
  target: number | null,
  { judged }: SnapshotObjections,
): readonly PlanTotals[] | undefined {
  const { totals = [] } = prepared.situation;
  if (totals.length === 0) return undefined;
  const held = [...judged.values()].flatMap(({ examined }) => examined.totals);
  const sayingSo = new Set(held.map(({ total }) => total));
  const contradicted = new Set(held.filter((one) => !isWithin(one)).map(({ total }) => total));
  const unused = new Set(unusedTotals(totals, momentsOf(prepared), target));
  const count = (own: readonly ControlTotal[], of: (total: ControlTotal) => boolean): number => own.filter(of).length;
  return [...new Set(totals.map(({ records = null }) => records))].map((records): PlanTotals => {
    const own = totals.filter((total) => (total.records ?? null) === records);
    return {
      records,
      totals: own.length,
      held: count(own, (total) => sayingSo.has(total)),
      agreeing: count(own, (total) => sayingSo.has(total) && !contradicted.has(total)),
      atTarget: count(own, ({ at }) => at === null || at === target),
      unused: count(own, (total) => unused.has(total)),
    };
  });
}
