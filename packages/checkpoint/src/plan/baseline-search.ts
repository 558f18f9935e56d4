import type { LongWork, Position } from '@eventmend/core';
import {
  coverPartitions,
  examineKeys,
  gapsOf,
  knownKeyFindings,
  resolveScope,
  rootAtBeginning,
  type BaselineCandidate,
  type ExaminedSnapshot,
  type KeyFindings,
  type PlacedByTime,
  type ResolvedTarget,
} from '@eventmend/core/engine';
import { planStandIns, rangeBetween } from './plan-stand-ins.js';

/** A snapshot that may be wrong in some keys, behind which less is lost. */
export type NewerState = BaselineCandidate & { readonly examined: ExaminedSnapshot };

/** How thorough the search is. */
export interface BaselineSearch {
  /** What the replay from one state tells of the keys of a later one; null where nothing is known. */
  readonly examine: (older: BaselineCandidate, newer: NewerState) => Promise<KeyFindings | null>;
  /** How many of the events that are lost behind a state nothing stands in for. */
  readonly uncovered: (state: BaselineCandidate) => Promise<number>;
  /** The keys that events up to the target connect with some. */
  readonly close: (keys: readonly string[], older: BaselineCandidate, from: Position) => Promise<readonly string[]>;
}

/** Replays where nothing is known yet, and reads the log for what events connect. */
export function thoroughSearch({ prepared }: PlacedByTime, target: ResolvedTarget, work: LongWork): BaselineSearch {
  return {
    uncovered: async (state) => {
      const gaps = gapsOf(coverPartitions(prepared.survey, state.position, target.position));
      const missing = gaps.reduce((sum, { from, to }) => sum + to - from, 0);
      const { coverage } = await planStandIns(prepared, rangeBetween(state, target), gaps, work);
      return state.lost - missing + coverage.uncovered;
    },
    examine: (older, { examined }) => examineKeys(prepared, rootOf(older, prepared), examined.candidate, work),
    close: async (keys, older, from) => {
      const range = { from, to: target.position, baseline: older.snapshot?.id ?? null };
      return (await resolveScope(prepared, { keys }, range, work)).keys;
    },
  };
}

/** Takes what earlier plans found out. Which keys events connect is not known then. */
export function knownSearch({ prepared }: PlacedByTime): BaselineSearch {
  const mayStandIn = (prepared.situation.records ?? []).some(({ event }) => event !== null);
  return {
    // Nobody has matched them yet: they may stand in for all of it.
    uncovered: ({ lost }) => Promise.resolve(mayStandIn ? 0 : lost),
    examine: (older, { examined }) =>
      Promise.resolve(knownKeyFindings(prepared, rootOf(older, prepared), examined.candidate)),
    close: (keys) => Promise.resolve(keys),
  };
}

function rootOf(
  { snapshot, position }: BaselineCandidate,
  { survey }: PlacedByTime['prepared'],
): Parameters<typeof examineKeys>[1] {
  if (snapshot === null) return rootAtBeginning(survey);
  const { id, digest, stateVersion } = snapshot;
  const reach = position.reduce((sum, { next }) => sum + next, 0);
  return { id, basis: 'declared', digest, stateVersion, position, reach };
}
