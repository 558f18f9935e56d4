import {
  baselineRows,
  createMemoryRunStore,
  lanesOf,
  openLane,
  partitionKey,
  type ForcedQuarantine,
  type OpenReplay,
  type ReplayInputs,
  type ReplaySpec,
  type RunControl,
  type RunStore,
  type RunTuning,
  type SnapshotRow,
} from '@eventmend/core';
import { compareStates, type StateComparison } from '../compare/compare-states.js';

/** A snapshot to compare at an exclusive end offset by partition of the spec. */
export interface SnapshotCut {
  readonly id: string;
  readonly ends: readonly number[];
  readonly stateVersion: number;
}

/** The snapshot that a proof begins at, where it does not begin at the beginning of the log. */
export interface ProofRoot {
  readonly id: string;
  readonly stateVersion: number;
}

/** What the replay found at one cut. */
export interface CutFinding {
  readonly id: string;
  /** `behind`: the replay had passed its position in a partition when an earlier snapshot was compared. */
  readonly stop: 'reached' | 'off-path' | 'behind';
  /** Null unless the position was reached. */
  readonly comparison: StateComparison | null;
  /** State of the order at the cut, by partition of the spec. */
  readonly order: readonly OrderAtCut[];
  /** Events applied up to the cut, and events that were parked instead. */
  readonly applied: number;
  readonly quarantined: number;
}

export interface OrderAtCut {
  readonly watermark: number | null;
  readonly clock: number | null;
}

/**
 * Replays from the root through the positions of snapshots, the earliest first, and compares the states at each. A
 * position that the order does not pass through is told so, and the replay goes on to the next.
 */
export async function proveSnapshots(
  spec: ReplaySpec,
  inputs: ReplayInputs,
  root: ProofRoot | null,
  forced: readonly ForcedQuarantine[],
  cuts: readonly SnapshotCut[],
  rowsOf: (id: string) => AsyncIterable<SnapshotRow>,
  tuning: RunTuning,
  control: RunControl,
): Promise<readonly CutFinding[]> {
  const store = createMemoryRunStore({ keepOutputs: false });
  const { logs, instance, recorded } = inputs;
  await store.writeBaseline(root === null ? [] : baselineRows(rowsOf(root.id), instance.worker, root.stateVersion, 0));
  for (const endless of forced) store.forceQuarantine(endless);
  const replay: OpenReplay = { spec, logs, recorded, instance, store, tuning, control };
  const lanes = lanesOf(spec).map(({ lane, partitions }) => ({
    runner: openLane(replay, lane).runner,
    places: partitions.map((partition) => spec.partitions.indexOf(partition)),
  }));
  const findings: CutFinding[] = [];
  try {
    for (const cut of cuts) {
      let onPath = true;
      if (isBehind(spec, store, cut)) {
        findings.push({ id: cut.id, stop: 'behind', comparison: null, ...standingAt(spec, store) });
        continue;
      }
      for (const { runner, places } of lanes) {
        const stop = await runner.runUntil(places.map((place) => cut.ends[place] as number));
        if (stop === 'interrupted') return findings;
        if (stop === 'off-path') onPath = false;
      }
      const comparison = onPath ? await compareStates(store, instance, rowsOf(cut.id), cut.stateVersion) : null;
      findings.push({ id: cut.id, stop: onPath ? 'reached' : 'off-path', comparison, ...standingAt(spec, store) });
    }
    return findings;
  } finally {
    for (const { runner } of lanes) runner.close();
  }
}

/** True when the replay has passed the position in a partition already: positions need not rise in all of them alike. */
function isBehind(spec: ReplaySpec, store: RunStore, cut: SnapshotCut): boolean {
  const ends = new Map(spec.partitions.map(({ id }, place) => [partitionKey(id), cut.ends[place] ?? 0]));
  return lanesOf(spec).some(({ lane }) =>
    (store.lane(lane).head?.partitions ?? []).some((part) => part.next > (ends.get(partitionKey(part)) ?? 0)),
  );
}

function standingAt(spec: ReplaySpec, store: RunStore): Pick<CutFinding, 'order' | 'applied' | 'quarantined'> {
  const parts = new Map(
    lanesOf(spec).flatMap(({ lane }) =>
      (store.lane(lane).head?.partitions ?? []).map((part) => [partitionKey(part), part] as const),
    ),
  );
  let applied = 0;
  let quarantined = 0;
  for (const part of parts.values()) {
    applied += part.applied;
    quarantined += part.quarantined;
  }
  const order = spec.partitions.map(({ id }) => {
    const at = parts.get(partitionKey(id))?.order;
    return { watermark: finite(at?.watermark), clock: finite(at?.clock) };
  });
  return { applied, quarantined, order };
}

function finite(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null;
}
