import type { FetchedBatch } from '../cluster/fetched-partition.js';
import type { AbortedTransaction } from '../protocol/fetch-request.js';

/** What a reader of committed events does with a batch; `undecided`: a damaged one may have held the end of its transaction. */
export type BatchFate = 'deliver' | 'control' | 'aborted' | 'undecided';

/**
 * Decides, batch by batch in rising order, which belong to a transaction that was undone. The list of these that comes
 * with a fetch is in no order that can be relied on, and names every one that reaches into what was fetched, wherever it
 * began: so each fetch is judged by its own list alone. (KIP-98, and how Kafka's own consumer does it.)
 */
export class AbortedTransactions {
  readonly #ahead: AbortedTransaction[];
  readonly #open = new Set<number>();
  /** Of those that are open, the ones that a damaged batch may have ended. */
  readonly #undecided = new Set<number>();
  readonly #readCommitted: boolean;

  constructor(aborted: readonly AbortedTransaction[], readCommitted: boolean) {
    // The next one last, so that it can be popped.
    this.#ahead = [...aborted].sort((a, b) => b.firstOffset - a.firstOffset);
    this.#readCommitted = readCommitted;
  }

  /** @throws RecoveryError `corrupt-record-batch` for a marker that cannot be read; then `passDamaged` it. */
  judge(batch: FetchedBatch): BatchFate {
    if (!this.#readCommitted) return batch.control ? 'control' : 'deliver';
    this.#openUpTo(batch.lastOffset);
    const { producerId } = batch;
    if (batch.control) {
      // The marker ends it: what the same producer writes behind it is another transaction. One that says "committed" is of
      // a later transaction, so that the damage hid the end of the one that was undone.
      if (batch.endsAborted() || this.#undecided.has(producerId)) this.#close(producerId);
      return 'control';
    }
    if (!batch.transactional || !this.#open.has(producerId)) return 'deliver';
    return this.#undecided.has(producerId) ? 'undecided' : 'aborted';
  }

  /** A batch that may have been the marker of any transaction that is open. */
  passDamaged({ lastOffset }: Pick<FetchedBatch, 'lastOffset'>): void {
    this.#openUpTo(lastOffset);
    for (const producerId of this.#open) this.#undecided.add(producerId);
  }

  #openUpTo(offset: number): void {
    for (let next = this.#ahead.at(-1); next !== undefined && next.firstOffset <= offset;) {
      this.#open.add(next.producerId);
      // From its first offset on it is undone for sure, whatever became of an earlier one.
      this.#undecided.delete(next.producerId);
      this.#ahead.pop();
      next = this.#ahead.at(-1);
    }
  }

  #close(producerId: number): void {
    this.#open.delete(producerId);
    this.#undecided.delete(producerId);
  }
}
