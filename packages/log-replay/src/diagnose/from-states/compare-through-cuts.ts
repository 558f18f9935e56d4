import {
  firstDifference,
  migrateState,
  type WorkerBasis,
  comparableState,
  sameComparable,
  shortened,
} from '@eventmend/core/engine';
import type { SnapshotRow } from '@eventmend/core';
import type { ObservedDifference } from '../fault.js';
import type { InterleavedReplay } from '../interleaving/interleaved-replay.js';
import type { ComparedStates } from './state-explanations.js';

/** Recorded states to hold against the replay where it has read up to an exclusive end by partition. */
export interface StateCut {
  readonly id: string;
  readonly from: 'snapshots' | 'live';
  readonly stateVersion: number;
  readonly ends: readonly number[];
}

/** Through so many cuts behind the first difference a key is followed: an event that is missing may come late. */
export const followedCuts = 5;

/** A key as it stood at the first cut where it was not right; states in their comparable form, null for none. */
export interface Discrepancy {
  readonly key: string;
  /** Number of the cut. */
  readonly cut: number;
  readonly recorded: string | null;
  /** Recorded at the cuts behind it, up to `followedCuts` of them. */
  readonly later: readonly (string | null)[];
  readonly difference: ObservedDifference;
}

export interface CutComparisons {
  readonly compared: readonly ComparedStates[];
  /** By key; no more than the limit, the first cut first. */
  readonly discrepancies: ReadonlyMap<string, Discrepancy>;
  /** Differing keys beyond the limit. */
  readonly beyond: ReadonlySet<string>;
  /** Differing keys of which the replay knows nothing, since partitions are left out of it. */
  readonly notReplayed: ReadonlySet<string>;
}

/**
 * Replays through the cuts and compares the states at each; null when it was stopped. Memory follows the states of the
 * replay, and the differing keys up to the limit.
 * @param isReplayed false for a key that may live in a partition that is left out
 * @param onCut is told, cut by cut, the keys that differ for the first time, up to the limit
 */
export async function compareThroughCuts(
  replay: InterleavedReplay,
  states: ReadonlyMap<string, unknown>,
  instance: WorkerBasis,
  cuts: readonly StateCut[],
  rowsOf: (cut: StateCut) => AsyncIterable<SnapshotRow>,
  limit: number,
  isReplayed: (key: string) => boolean = () => true,
  onCut: (differing: readonly string[]) => void = () => undefined,
): Promise<CutComparisons | null> {
  const compared: ComparedStates[] = [];
  const discrepancies = new Map<string, Discrepancy>();
  const beyond = new Set<string>();
  const notReplayed = new Set<string>();
  for (const [number, cut] of cuts.entries()) {
    if (!(await replay.runUntil(cut.ends))) return null;
    let keys = 0;
    let differing = 0;
    const note = (key: string, replayed: string | null, recorded: string | null): void => {
      differing++;
      if (discrepancies.has(key)) return;
      // What was there before any event that is replayed may have come of one that is not.
      if (notReplayed.has(key) || !isReplayed(key)) {
        notReplayed.add(key);
        return;
      }
      if (discrepancies.size >= limit) beyond.add(key);
      else
        discrepancies.set(key, {
          key,
          cut: number,
          recorded,
          later: [],
          difference: differenceOf(key, replayed, recorded),
        });
    };
    const seen = new Set<string>();
    const known = [...discrepancies.values()].filter((one) => number - one.cut <= followedCuts);
    const following = new Map(known.map(({ key }): [string, string | null] => [key, null]));
    for await (const { key, state } of rowsOf(cut)) {
      keys++;
      seen.add(key);
      const recorded = comparableState(instance, migrateState(instance.worker, state, cut.stateVersion, key), key);
      if (following.has(key)) following.set(key, recorded);
      const replayed = states.has(key) ? comparableState(instance, states.get(key), key) : null;
      if (!sameComparable(replayed, recorded)) note(key, replayed, recorded);
    }
    for (const [key, state] of states) {
      if (seen.has(key)) continue;
      keys++;
      note(key, comparableState(instance, state, key), null);
    }
    for (const one of known) {
      discrepancies.set(one.key, { ...one, later: [...one.later, following.get(one.key) ?? null] });
    }
    compared.push({ id: cut.id, keys, differing });
    onCut([...discrepancies.values()].flatMap((one) => (one.cut === number ? [one.key] : [])));
  }
  return { compared, discrepancies, beyond, notReplayed };
}

function differenceOf(key: string, replayed: string | null, recorded: string | null): ObservedDifference {
  const shown = (text: string | null): string => (text === null ? 'no state' : shortened(text));
  const found =
    replayed === null || recorded === null ? null : firstDifference(JSON.parse(replayed), JSON.parse(recorded));
  if (found === null) return { output: null, key, path: '$', expected: shown(replayed), recorded: shown(recorded) };
  const at = (value: unknown): string => shortened(JSON.stringify(value) ?? 'nothing');
  return { output: null, key, path: found.path, expected: at(found.left), recorded: at(found.right) };
}
