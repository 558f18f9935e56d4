import type { RecordedOutput } from '@eventmend/core';
import { splitGroup } from '../records/split-group.js';
import type { Handling } from '../records/handling.js';
import type { CalledWorker } from './call-worker.js';
import type { FollowRequest } from './follow-request.js';
import type { RecordWitness } from './record-witness.js';
import type { WalkedEvent } from './walk-log.js';

/** Tells the records of one handling from those of the next one of the same event, which a ledger may come to by itself. */
export class CarriedRecords {
  readonly #request: FollowRequest;
  readonly #witness: RecordWitness;
  /** Records of a ledger's handling that belong to the next one of the same event. */
  readonly #carried = new Map<WalkedEvent, readonly RecordedOutput[]>();

  constructor(request: FollowRequest, witness: RecordWitness) {
    this.#request = request;
    this.#witness = witness;
  }

  has(walked: WalkedEvent): boolean {
    return this.#carried.has(walked);
  }

  /** Events of which records are left. */
  events(): Iterable<WalkedEvent> {
    return this.#carried.keys();
  }

  /** The records of this handling, and those of the next one of the same event. */
  recordsOf(
    walked: WalkedEvent,
    given: Handling['outputs'],
    expected: CalledWorker['outputs'],
  ): { readonly own: Handling['outputs']; readonly rest: readonly RecordedOutput[] } {
    const { outputsFrom } = this.#request;
    const carried = this.#carried.get(walked) ?? [];
    if (carried.length > 0) this.#carried.delete(walked);
    else if (given === null || (given.length === 0 && outputsFrom !== null && walked.now < outputsFrom)) {
      return { own: null, rest: [] };
    }
    const { first, rest } = splitGroup([...carried, ...(given ?? [])], expected);
    if (!this.#witness.isNoted(walked) || rest.length === 0) return { own: first, rest };
    // The ledger will come to the other handling by itself.
    this.#carried.set(walked, rest);
    return { own: first, rest: [] };
  }
}
