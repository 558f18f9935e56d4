import { comparePartitions } from '../../model/log/partition-id.js';
import type { QuarantinedEvent } from '../../model/accounts/quarantined-event.js';
import { RecoveryError } from '../../model/errors/recovery-error.js';
import {
  baselineLane,
  type LaneNumber,
  type ProvenanceGroup,
  type RunStore,
  type StoredState,
} from '../../engine/store/run-store.js';
import { compareCodePoints } from '../../sources/snapshots/ndjson/compare-code-points.js';
import { mergeSorted } from './merge-sorted.js';

export type KeyedState = { readonly key: string } & StoredState;

/** The states of the stores of several tasks as those of one. */
export interface JoinedStates {
  /** What the stores have of a key. */
  readonly of: (key: string) => readonly KeyedState[];
  /** What each store has, in the order of the keys. */
  readonly all: () => readonly Iterable<KeyedState>[];
  /** The error for a key that two tasks named. */
  readonly twice: (key: string) => RecoveryError;
}

type ReadOfStates = Pick<RunStore, 'state' | 'states' | 'texts' | 'provenanceGroups'>;

/**
 * Reads states where they lie. A key belongs to the one task that named it; what no task named stands in the baseline of every
 * task alike.
 */
export function joinStates({ of, all, twice }: JoinedStates): ReadOfStates {
  function* states(): Iterable<KeyedState> {
    let held: KeyedState | undefined;
    for (const row of mergeSorted(all(), (a, b) => compareCodePoints(a.key, b.key))) {
      if (held !== undefined && held.key !== row.key) yield held;
      held = held?.key === row.key ? chooseOwner(held, row, twice) : row;
    }
    if (held !== undefined) yield held;
  }
  return {
    state: (key) => {
      let owner: KeyedState | undefined;
      for (const row of of(key)) owner = owner === undefined ? row : chooseOwner(owner, row, twice);
      return owner;
    },
    states,
    texts: states,
    // A baseline row that one task named stands in the stores of the others still; so these are counted key by key.
    provenanceGroups: () => groupsOf(states()),
  };
}

/** In the order of partitions and offsets. */
export function joinQuarantined(stores: readonly RunStore[]): Iterable<QuarantinedEvent> {
  return mergeSorted(
    stores.map((store) => store.quarantined()),
    (a, b) => comparePartitions(a.partition, b.partition) || a.offset - b.offset,
  );
}

/** For everything that would write into the result of a fleet. */
export function refuseWriting(): never {
  throw new RecoveryError('operation-not-allowed', 'the result of a fleet is only read', {
    hint: 'remove the run, and recover again from its plan',
  });
}

function chooseOwner(one: KeyedState, other: KeyedState, twice: JoinedStates['twice']): KeyedState {
  if (other.lane === baselineLane) return one;
  if (one.lane !== baselineLane) throw twice(one.key);
  return other;
}

function groupsOf(states: Iterable<KeyedState>): Iterable<ProvenanceGroup> {
  const groups = new Map<string, { lane: LaneNumber; provenance: number; keys: number }>();
  for (const { lane, provenance, text } of states) {
    if (text === null) continue;
    const name = `${lane}/${provenance}`;
    const group = groups.get(name) ?? { lane, provenance, keys: 0 };
    group.keys++;
    groups.set(name, group);
  }
  return groups.values();
}
