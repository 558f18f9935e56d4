import type { ProvenanceId } from '../provenance/provenance-sets.js';
import type { LaneNumber, StoredState } from '../store/run-store.js';

/** A state in memory. */
export interface StateEntry {
  readonly key: string;
  /** Undefined where the key has none. */
  state: unknown;
  provenance: ProvenanceId;
  /** Hash of the state as it was last committed; '' where there was none. */
  hash: string;
  dirty: boolean;
  /** What it counts for in the cache, judged by its text when that was last seen. */
  weight: number;
}

/** A state counts for one more with each half kilobyte of its JSON text, since what is bounded is memory. */
const charactersPerCount = 512;

function weightOf(text: string | null | undefined): number {
  return 1 + Math.floor((text?.length ?? 0) / charactersPerCount);
}

/**
 * The states that a lane has touched lately. Two generations bound the memory: when the young one is full, it becomes the
 * old one and what was in the old one and not touched since is forgotten; it can be read again from the store. Changed
 * states are never forgotten before they are committed.
 */
export class StateCache {
  #young = new Map<string, StateEntry>();
  #old = new Map<string, StateEntry>();
  #dirty: StateEntry[] = [];
  #youngWeight = 0;
  #dirtyWeight = 0;
  readonly #load: (key: string) => StoredState | undefined;
  readonly #partOf: (key: string) => ProvenanceId;
  readonly #claimFor: LaneNumber | null;
  readonly #generation: number;

  /**
   * @param cachedStates how many unchanged states to keep at the most, a large one counting for several
   * @param partOf provenance of a key that the store does not know: its part of the baseline
   * @param claimFor the lane that owns every key that it names, written or not, where lanes must not share any: else
   *   what a lane reads of another's key would depend on which of them is faster
   */
  constructor(
    cachedStates: number,
    load: (key: string) => StoredState | undefined,
    partOf: (key: string) => ProvenanceId,
    claimFor: LaneNumber | null,
  ) {
    this.#generation = Math.max(1, Math.floor(cachedStates / 2));
    this.#load = load;
    this.#partOf = partOf;
    this.#claimFor = claimFor;
  }

  get(key: string): StateEntry {
    const entry = this.#young.get(key);
    return entry ?? this.#recall(key);
  }

  markDirty(entry: StateEntry): void {
    if (entry.dirty) return;
    entry.dirty = true;
    this.#dirty.push(entry);
    this.#dirtyWeight += entry.weight;
  }

  /** True when the changed states alone fill the cache: time to commit. */
  get mustCommit(): boolean {
    return this.#dirtyWeight > this.#generation;
  }

  /** To be called with the text of each changed state, which is known when it is committed. */
  weigh(entry: StateEntry, text: string | null): void {
    const before = entry.weight;
    entry.weight = weightOf(text);
    this.#youngWeight += entry.weight - before;
  }

  /** The changed states in the order of their keys. They count as unchanged from here on. */
  takeDirty(): readonly StateEntry[] {
    const dirty = this.#dirty.sort((a, b) => (a.key < b.key ? -1 : 1));
    this.#dirty = [];
    this.#dirtyWeight = 0;
    for (const entry of dirty) entry.dirty = false;
    return dirty;
  }

  /** To be called after a commit, when nothing is dirty. */
  forget(): void {
    if (this.#youngWeight <= this.#generation) return;
    this.#old = this.#young;
    this.#young = new Map();
    this.#youngWeight = 0;
  }

  #recall(key: string): StateEntry {
    let entry = this.#old.get(key);
    if (entry === undefined) {
      const stored = this.#load(key);
      entry = {
        key,
        state: stored === undefined || stored.text === null ? undefined : (JSON.parse(stored.text) as unknown),
        provenance: stored?.provenance ?? this.#partOf(key),
        hash: stored?.hash ?? '',
        dirty: false,
        weight: weightOf(stored?.text),
      };
      if (this.#claimFor !== null && stored?.lane !== this.#claimFor) this.markDirty(entry);
    }
    this.#young.set(key, entry);
    this.#youngWeight += entry.weight;
    return entry;
  }
}
