import { lossOfAnyKey, mayMissEvents } from '../../model/provenance/provenance.js';
import { lanesOf, type ReplaySpec } from '../../engine/spec/replay-spec.js';
import { baselineLane, type RunStore } from '../../engine/store/run-store.js';

/**
 * Tells which keys of a replay a hole or a parked event may have touched, directly or by what their events read. Estimated events close
 * no hole: what was really lost may have named other keys.
 */
export interface HoleReach {
  /** False where no hole was crossed and no event was parked: then nothing is reached. */
  readonly any: boolean;
  /** True where it may have named keys that nobody knows: those that no other event has named. */
  readonly unnamed: boolean;
  has(key: string): boolean;
}

const nothing: HoleReach = { any: false, unnamed: false, has: () => false };

/** As of the last commit of each lane. */
export function holeReach(spec: ReplaySpec, store: RunStore): HoleReach {
  const lanes = lanesOf(spec).map(({ lane }) => {
    const laneStore = store.lane(lane);
    const sets = laneStore.provenance();
    const { floor = -1, floors = [floor] } = laneStore.head ?? {};
    const stretches = floors.map((id) => sets[id] ?? []);
    const marked = sets.map((causes) => [...causes, ...lossOfAnyKey(causes, stretches)].some(mayMissEvents));
    return { lane, marked, whole: !(sets[floor] ?? []).some(mayMissEvents) };
  });
  if (!lanes.some(({ marked }) => marked.includes(true))) return nothing;
  const byLane = new Map(lanes.map((entry) => [entry.lane, entry]));
  const unnamed = lanes.some(({ whole }) => !whole);
  return {
    any: true,
    unnamed,
    has(key) {
      const stored = store.state(key);
      if (stored === undefined || stored.lane === baselineLane) return unnamed;
      const lane = byLane.get(stored.lane);
      return lane === undefined || (lane.marked[stored.provenance] ?? !lane.whole);
    },
  };
}
