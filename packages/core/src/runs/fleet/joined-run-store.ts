import { RecoveryError } from '../../model/errors/recovery-error.js';
import { comparePartitions } from '../../model/log/partition-id.js';
import type { QuarantinedEvent } from '../../model/accounts/quarantined-event.js';
import { compareCodePoints } from '../../sources/snapshots/ndjson/compare-code-points.js';
import {
  baselineLane,
  type LaneNumber,
  type LaneStore,
  type ProvenanceGroup,
  type RunStore,
  type StoredState,
} from '../../engine/store/run-store.js';
import { foreignKeyError } from '../../engine/store/memory-run-store.js';
import { mergeSorted } from './merge-sorted.js';

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
  return {
    baseline: () => first.baseline(),
    writeBaseline: refuse,
    forceQuarantine: refuse,
    lane: laneOf,
    forcedQuarantines: () => stores.flatMap((store) => store.forcedQuarantines()),
    state: (key) => ownerOf(key, stores),
    states: () => joinStates(stores),
    texts: () => joinStates(stores),
    provenanceGroups: () => groupsOf(stores, first.baseline()?.keys ?? 0),
    chunks: (lane) => tasks.find(({ lanes }) => lanes.includes(lane))?.store.chunks(lane) ?? [],
    quarantined: () =>
      mergeSorted(
        stores.map((store) => store.quarantined()),
        compareQuarantined,
      ),
    close: () => {
      for (const store of stores) store.close();
    },
  };
}

/** @throws RecoveryError `key-in-several-partitions` where two lanes named the key */
function ownerOf(key: string, stores: readonly RunStore[]): StoredState | undefined {
  let owner: StoredState | undefined;
  for (const store of stores) {
    const stored = store.state(key);
    if (stored !== undefined) owner = owner === undefined ? stored : chooseOwner(key, owner, stored);
  }
  return owner;
}

function chooseOwner<Row extends StoredState>(key: string, one: Row, other: Row): Row {
  if (other.lane === baselineLane) return one;
  if (one.lane !== baselineLane) throw foreignKeyError(key);
  return other;
}

type KeyedState = { readonly key: string } & StoredState;

function* joinStates(stores: readonly RunStore[]): Iterable<KeyedState> {
  let held: KeyedState | null = null;
  const rows = mergeSorted(
    stores.map((store) => store.states()),
    (a, b) => compareCodePoints(a.key, b.key),
  );
  for (const row of rows) {
    if (held !== null && held.key === row.key) {
      held = chooseOwner(row.key, held, row);
      continue;
    }
    if (held !== null) yield held;
    held = row;
  }
  if (held !== null) yield held;
}

/** A baseline row that one task named stands in the stores of the others still; so these are counted key by key. */
function groupsOf(stores: readonly RunStore[], baselineKeys: number): Iterable<ProvenanceGroup> {
  if (baselineKeys === 0) return stores.flatMap((store) => [...store.provenanceGroups()]);
  const groups = new Map<string, { lane: LaneNumber; provenance: number; keys: number }>();
  for (const { lane, provenance, text } of joinStates(stores)) {
    if (text === null) continue;
    const name = `${lane}/${provenance}`;
    const group = groups.get(name) ?? { lane, provenance, keys: 0 };
    group.keys++;
    groups.set(name, group);
  }
  return groups.values();
}

function compareQuarantined(a: QuarantinedEvent, b: QuarantinedEvent): number {
  return comparePartitions(a.partition, b.partition) || a.offset - b.offset;
}

function refuse(): never {
  throw new RecoveryError('operation-not-allowed', 'the result of a fleet is only read', {
    hint: 'remove the run, and recover again from its plan',
  });
}
