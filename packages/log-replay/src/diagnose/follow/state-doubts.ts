import type { OrderIndependentKeys } from '@eventmend/core/engine';
import type { WalkedEvent } from './walk-log.js';

/**
 * Why a live state other than that of the replay shows no fault by itself. `order`: the service may have put partitions together in
 * another permissible order. `delivery`: an event came again under its business id, and either delivery may be the one that was
 * handled. `unknown`: nobody knows the right state, since the log lacks what led to it, or it is in quarantine.
 */
export type StateDoubt = 'order' | 'delivery' | 'unknown';

/** What of a request for following a service decides what can be in doubt; see `FollowRequest`. */
interface DoubtsRequest {
  readonly holes: readonly (readonly number[])[];
  readonly partitionLocal: boolean;
  readonly beginsLate: boolean;
  readonly sequenceKnown: boolean;
}

/**
 * Of which keys the state of the replay is the only one that a service without a fault can be in. What is in doubt reaches the keys
 * that an event names, and with them whatever events connect them with from there on.
 */
export class StateDoubts {
  readonly #request: DoubtsRequest;
  /** Null where the order over partitions is known. */
  readonly #independent: OrderIndependentKeys | null;
  readonly #hasHoles: boolean;
  readonly #unknown = new Set<string>();
  readonly #delivered = new Set<string>();
  /** Keys of partitions without a hole, where some have one. */
  readonly #whole = new Set<string>();
  #areAllUnknown: boolean;
  /** An event was handled that has no place in the log: what it reached meanwhile, nobody knows. */
  #hasUnplaced = false;
  #areKeysConnected = false;

  /** @param leavesOutCopies the worker deduplicates by a business id */
  constructor(request: DoubtsRequest, independent: OrderIndependentKeys | null, leavesOutCopies: boolean) {
    this.#request = request;
    this.#independent = independent;
    this.#hasHoles = request.holes.some((holes) => holes.length > 0);
    // In front of a snapshot, first deliveries may lie that nobody can see.
    this.#areAllUnknown = (this.#hasHoles && !request.partitionLocal) || (request.beginsLate && leavesOutCopies);
  }

  /** The records tell how the service put partitions together, and it was followed so. */
  get isSequenceKnown(): boolean {
    return this.#request.sequenceKnown;
  }

  /** An event carries what is in doubt of one of its keys to the others. */
  passed({ place, keys }: Pick<WalkedEvent, 'place' | 'keys'>): void {
    if (this.#hasHoles && this.#request.partitionLocal) {
      if ((this.#request.holes[place] ?? []).length > 0) this.doubt(keys);
      else for (const key of keys) this.#whole.add(key);
    }
    if (keys.length < 2) return;
    this.#areKeysConnected = true;
    for (const doubted of [this.#unknown, this.#delivered]) {
      if (doubted.size > 0 && keys.some((key) => doubted.has(key))) for (const key of keys) doubted.add(key);
    }
  }

  /** Nobody knows what the service had to make of an event in its place; it may name any key where its own are not known. */
  doubt(keys: readonly string[]): void {
    if (keys.length === 0) this.#areAllUnknown = true;
    for (const key of keys) this.#unknown.add(key);
  }

  /** The same of an event that the log does not hold. */
  doubtUnplaced(keys: readonly string[]): void {
    this.#hasUnplaced = true;
    this.doubt(keys);
  }

  /** A delivery was passed under a business id that came before. */
  copyPassed({ keys }: Pick<WalkedEvent, 'keys'>): void {
    for (const key of keys) this.#delivered.add(key);
  }

  /** Null where a state other than that of the replay is wrong, whatever else is known. */
  of(key: string): StateDoubt | null {
    if (this.#areAllUnknown || this.#unknown.has(key) || (this.#hasUnplaced && this.#areKeysConnected))
      return 'unknown';
    // No event that can be read names it: it may be of one that the log lacks.
    if (this.#hasHoles && !this.#whole.has(key)) return 'unknown';
    // Between the two deliveries, events may have carried on what the first one led to, or not.
    if (this.#delivered.has(key) || (this.#delivered.size > 0 && this.#areKeysConnected)) return 'delivery';
    return this.#independent?.has(key) === false ? 'order' : null;
  }
}
