import type { FetchedBatch } from '../cluster/fetched-partition.js';
import type { AbortedTransaction } from '../protocol/fetch-request.js';

/** What a reader of committed events does with a batch. */
export type BatchFate = 'deliver' | 'control' | 'aborted';

/**
 * Decides, batch by batch in rising order, which belong to a transaction that was undone. The list of these that comes
 * with a fetch is in no order that can be relied on, and names every one that reaches into what was fetched, wherever it
 * began: so each fetch is judged by its own list alone. (KIP-98, and how Kafka's own consumer does it.)
 */
export class AbortedTransactions {
  readonly #ahead: AbortedTransaction[];
  readonly #open = new Set<number>();
  readonly #readCommitted: boolean;

  constructor(aborted: readonly AbortedTransaction[], readCommitted: boolean) {
    // The next one last, so that it can be popped.
    this.#ahead = [...aborted].sort((a, b) => b.firstOffset - a.firstOffset);
    this.#readCommitted = readCommitted;
  }

  judge(batch: FetchedBatch): BatchFate {
    if (!this.#readCommitted) return batch.control ? 'control' : 'deliver';
    for (let next = this.#ahead.at(-1); next !== undefined && next.firstOffset <= batch.lastOffset;) {
      this.#open.add(next.producerId);
      this.#ahead.pop();
      next = this.#ahead.at(-1);
    }
    if (batch.control) {
      // The marker ends it: what the same producer writes behind it is another transaction.
      if (batch.endsAborted()) this.#open.delete(batch.producerId);
      return 'control';
    }
    return batch.transactional && this.#open.has(batch.producerId) ? 'aborted' : 'deliver';
  }
}
