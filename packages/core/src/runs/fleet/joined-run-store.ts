import type { LaneNumber, LaneStore, RunStore, StoredState } from '../../engine/store/run-store.js';
import { foreignKeyError } from '../../engine/store/memory-run-store.js';
import { joinQuarantined, joinStates, refuseWriting, type KeyedState } from './join-states.js';

/** The store of one task, and which lanes it carried out. */
export interface TaskStore {
  readonly task: number;
  readonly lanes: readonly LaneNumber[];
  readonly store: RunStore;
}

/**
 * The stores of all tasks of partitions as one, read where they lie. A key belongs to the one lane that named it; what no
 * lane named stands in the baseline of every task alike.
 */
export function joinLanes(tasks: readonly TaskStore[]): RunStore {
  const byLane = new Map(tasks.flatMap(({ lanes, store }) => lanes.map((lane) => [lane, store.lane(lane)] as const)));
  const stores = tasks.map(({ store }) => store);
  const [first] = stores;
  if (first === undefined) throw new Error('a fleet has a task at least');
  const laneOf = (lane: LaneNumber): LaneStore => byLane.get(lane) ?? first.lane(lane);
  const states = joinStates({
    of: (key) => stores.flatMap((store) => withKey(key, store.state(key))),
    all: () => stores.map((store) => store.states()),
    twice: foreignKeyError,
  });
  const isEmptyBefore = (first.baseline()?.keys ?? 0) === 0;
  return {
    baseline: () => first.baseline(),
    writeBaseline: refuseWriting,
    forceQuarantine: refuseWriting,
    lane: laneOf,
    forcedQuarantines: () => stores.flatMap((store) => store.forcedQuarantines()),
    ...states,
    provenanceGroups: () =>
      isEmptyBefore ? stores.flatMap((store) => [...store.provenanceGroups()]) : states.provenanceGroups(),
    chunks: (lane) => tasks.find(({ lanes }) => lanes.includes(lane))?.store.chunks(lane) ?? [],
    quarantined: () => joinQuarantined(stores),
    close: () => {
      for (const store of stores) store.close();
    },
  };
}

function withKey(key: string, stored: StoredState | undefined): readonly KeyedState[] {
  return stored === undefined ? [] : [{ key, ...stored }];
}
