import type { PartitionId } from '@eventmend/core';
import type { Checkpointer, UnsentOutput } from '../live/checkpointer.js';

/** How many outputs are handed over together. */
const sentTogether = 500;

/** Sends what the partitions of this process owe, one batch after the other. */
export class OutputSender {
  readonly #checkpointer: Checkpointer;
  readonly #send: ((outputs: readonly UnsentOutput[]) => Promise<void>) | null;
  #sending: Promise<void> = Promise.resolve();

  constructor(checkpointer: Checkpointer, send: ((outputs: readonly UnsentOutput[]) => Promise<void>) | null) {
    this.#checkpointer = checkpointer;
    this.#send = send;
  }

  /** What cannot be sent stays in the store, and goes out with the next batch. @throws what sending throws */
  send(partitions: readonly PartitionId[]): Promise<void> {
    const send = this.#send;
    if (send === null) return Promise.resolve();
    const turn = this.#sending.then(() => this.#sendAll(send, partitions));
    this.#sending = turn.catch(() => undefined);
    return turn;
  }

  async #sendAll(
    send: (outputs: readonly UnsentOutput[]) => Promise<void>,
    partitions: readonly PartitionId[],
  ): Promise<void> {
    for (const partition of partitions) {
      for (;;) {
        const outputs = this.#checkpointer.unsent({ partition, limit: sentTogether });
        if (outputs.length === 0) break;
        await send(outputs);
        await this.#checkpointer.sent(outputs);
      }
    }
  }
}
