import { isRecoveryError, type PartitionId, type Position } from '@eventmend/core';
import { partitionKey, type BaselineCandidate, type KeyFindings } from '@eventmend/core/engine';
import type { BaselineSearch, NewerState } from './baseline-search.js';

/** Of a state that is wrong in some keys: which those are, and what they begin at instead. */
export interface ToldKeys {
  readonly older: BaselineCandidate;
  /** How many keys of the newest state are wrong. */
  readonly wrong: number;
  /** These, and all that events connect with them. Sorted. */
  readonly keys: readonly string[];
  /** Partitions whose events name them: in all others they have read as much as the newest state. */
  readonly partitions: readonly PartitionId[];
  /** Other keys of the newest state that a replay from the older one gives. Sorted. */
  readonly agreeing: readonly string[];
}

/** What the replay from one of several older states tells, of keys that none of those before it tells of. */
export interface ToldByState {
  readonly older: BaselineCandidate;
  readonly wrong: readonly string[];
  readonly agreeing: readonly string[];
  readonly partitions: readonly PartitionId[];
}

/** What all of them tell together. */
export interface ToldByStates extends Pick<KeyFindings, 'wrong' | 'agreeing' | 'unknown' | 'unevenness'> {
  readonly perState: readonly ToldByState[];
}

/**
 * Replays from each of some older states to a newer one.
 * @param olders the best proven one first: it is the one that counts where several tell of a key
 * @returns null where none tells of any key
 */
export async function tellKeys(
  olders: readonly BaselineCandidate[],
  newer: NewerState,
  { examine }: BaselineSearch,
): Promise<ToldByStates | null> {
  const perState: ToldByState[] = [];
  const seen = new Set<string>();
  let [unknown, unevenness] = [0, 0];
  for (const older of olders) {
    const findings = await examine(older, newer);
    if (findings === null || findings.wrong.length + findings.agreeing.length === 0) continue;
    const { wrong, homes, agreeing, partitions } = findings;
    const isNew = (key: string): boolean => !seen.has(key);
    const named = new Set(homes.filter((_, place) => isNew(wrong[place] ?? '')));
    const own = { older, wrong: wrong.filter(isNew), agreeing: agreeing.filter(isNew) };
    if (own.wrong.length + own.agreeing.length > 0) {
      perState.push({ ...own, partitions: partitions.filter((_, place) => named.has(place)) });
    }
    unknown = findings.unknown + wrong.length + agreeing.length;
    unevenness = findings.unevenness;
    for (const key of [...wrong, ...agreeing]) seen.add(key);
  }
  if (perState.length === 0) return null;
  return {
    perState,
    wrong: perState.flatMap((told) => told.wrong),
    agreeing: perState.flatMap((told) => told.agreeing),
    unknown: Math.max(0, unknown - seen.size),
    unevenness,
  };
}

/** A plan carries no more keys by name. */
const mostKeys = 1_000_000;

/**
 * The keys that cannot be begun at the newer state, with all that events connect with them; or why no older one can be begun at for them
 * alone: they are too many, or events connect what would begin at different ones.
 */
export async function closeKeys(
  perState: readonly ToldByState[],
  newer: NewerState,
  { close }: BaselineSearch,
): Promise<readonly ToldKeys[] | 'too-many-keys' | 'connected'> {
  const named = perState.flatMap(({ partitions }) => partitions.map(partitionKey));
  if (new Set(named).size < named.length) return 'connected';
  const closed: ToldKeys[] = [];
  const taken = new Set<string>();
  for (const { older, wrong, agreeing, partitions } of perState) {
    let keys: readonly string[] = [];
    try {
      if (wrong.length > 0) keys = await close(wrong, older, olderPosition(older, newer, partitions));
    } catch (error) {
      if (isRecoveryError(error) && error.code === 'scope-too-large') return 'too-many-keys';
      throw error;
    }
    if (keys.some((key) => taken.has(key))) return 'connected';
    for (const key of keys) taken.add(key);
    closed.push({ older, wrong: wrong.length, keys, partitions, agreeing });
  }
  if (taken.size > mostKeys) return 'too-many-keys';
  let room = mostKeys - taken.size;
  return closed.map((told) => {
    const others = told.agreeing.filter((key) => !taken.has(key));
    // What rests on an unproven state is worth no more for being reproduced from it.
    const agreeing = told.older.basis === 'unproven' || others.length > room ? [] : others;
    room -= agreeing.length;
    return { ...told, agreeing };
  });
}

/**
 * Where the keys of the older state begin: in the partitions that name them where it stands, in all others where the newer
 * one does, since no event of theirs is there.
 */
export function olderPosition(
  older: BaselineCandidate,
  newer: BaselineCandidate,
  partitions: readonly PartitionId[],
): Position {
  const named = new Set(partitions.map(partitionKey));
  const begun = new Map(older.position.map((part) => [partitionKey(part), part]));
  return newer.position.map((part) => {
    const key = partitionKey(part);
    return named.has(key) ? (begun.get(key) ?? part) : part;
  });
}
