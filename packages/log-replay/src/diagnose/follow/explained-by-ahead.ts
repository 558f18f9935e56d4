import type { FaultKind } from '@eventmend/core/engine';
import type { WalkedEvent } from './walk-log.js';

/** Accusations that do not hold where events without records were handled ahead of others, in their own partitions. */
export class HandledAhead {
  /** Results that are right then. */
  readonly #explained = new Set<WalkedEvent>();
  /** Events that may have been handled so, without a trace. */
  readonly #events = new Set<WalkedEvent>();

  /** Of events without records, from which turn on nothing tells whether they were handled. */
  readonly #lostAt = new Map<WalkedEvent, number>();
  readonly #lostOfKey = new Map<string, number>();
  #firstLost = Infinity;

  lose(walked: WalkedEvent, turn: number): void {
    if (!this.#lostAt.has(walked)) this.#lostAt.set(walked, turn);
  }

  /** Takes in of which events nothing tells at the end either whether they were handled. */
  close(unclear: readonly WalkedEvent[]): void {
    this.#lostOfKey.clear();
    for (const walked of unclear) {
      const turn = this.#lostAt.get(walked) ?? Infinity;
      this.#firstLost = Math.min(turn, this.#firstLost);
      for (const key of walked.keys) this.#lostOfKey.set(key, Math.min(turn, this.#lostOfKey.get(key) ?? Infinity));
    }
  }

  /**
   * True where nothing told of such an event whether it was handled when a result was judged.
   * @param keys those that it names; null where events may carry states from any key to any other
   */
  isLostBefore(turn: number, keys: readonly string[] | null): boolean {
    if (keys === null) return this.#firstLost < turn;
    return keys.some((key) => (this.#lostOfKey.get(key) ?? Infinity) < turn);
  }

  isExplained(kind: FaultKind, walked: WalkedEvent): boolean {
    if (kind === 'wrong') return this.#explained.has(walked);
    return kind === 'missed' && this.#events.has(walked);
  }

  explain(results: Iterable<WalkedEvent>): void {
    for (const walked of results) this.#explained.add(walked);
  }

  mayHaveCome(walked: WalkedEvent): void {
    this.#events.add(walked);
  }
}
