import type { RecordedOutput } from '@eventmend/core';
import type { OrderedHandling } from './order-conflicts.js';
import type { WalkedEvent } from './walk-log.js';

/** One handling that the follower has seen lately. */
export interface RecentHandling extends OrderedHandling {
  readonly walked: WalkedEvent;
  /** What the first handling sent; null where outputs were not recorded. */
  records: readonly RecordedOutput[] | null;
  /** When the service noted it, each time; empty where it did not. */
  readonly times: number[];
  /** Second handlings that its records showed, and that no entry of the ledger with a time of its own stands for yet. */
  unnoted: number;
  /** Taken for granted, since no record of it could be expected. */
  assumed: boolean;
  /** States that the service is believed to have had of its keys just before; null where they were not kept, or only guessed. */
  readonly before: readonly unknown[] | null;
  /** They are known for sure, and not only as far as outputs tell them. */
  readonly isBeforeExact: boolean;
}

/**
 * Redeliveries and overtakings come within so many handlings, nearly always; older events are read again. Not more, so that
 * what is kept dies young.
 */
const capacity = 1024;

/** So many are asked for keys whose states are tried in place of an event's own. */
const askedHandlings = 32;

/** The last handlings. Looked through from the newest: whoever asks has found something unusual. */
export class RecentHandlings {
  readonly #ring: (RecentHandling | undefined)[] = new Array<RecentHandling | undefined>(capacity);
  #next = 0;

  /** True where older ones are no longer remembered. */
  get isFull(): boolean {
    return this.#next > capacity;
  }

  add(handling: RecentHandling): void {
    this.#ring[this.#next++ % capacity] = handling;
  }

  find(isIt: (walked: WalkedEvent) => boolean): RecentHandling | undefined {
    for (const handling of this.since(0)) if (isIt(handling.walked)) return handling;
    return undefined;
  }

  /** All handlings from a turn on, the oldest first; null where some of them are no longer remembered. */
  allSince(turn: number): readonly RecentHandling[] | null {
    const handlings = [...this.since(turn)].reverse();
    return handlings.length === capacity ? null : handlings;
  }

  /** Keys of the last few handlings. */
  *lastKeys(): Iterable<string> {
    let asked = 0;
    for (const { walked } of this.since(0)) {
      if (++asked > askedHandlings) return;
      yield* walked.keys;
    }
  }

  /** Handlings from a turn on, the newest first. */
  *since(turn: number): Iterable<RecentHandling> {
    for (let at = this.#next - 1; at >= Math.max(0, this.#next - capacity); at--) {
      const handling = this.#ring[at % capacity];
      if (handling === undefined || handling.turn < turn) return;
      yield handling;
    }
  }
}
