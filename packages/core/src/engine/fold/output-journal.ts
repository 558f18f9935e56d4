import { chainOutputChunk, emptyOutputChain, hashOutputChunk, outputsPerChunk } from '../digest/output-digest.js';
import { OutputColumns } from '../outputs/output-columns.js';
import type { OutputChunk } from '../store/run-store.js';
import type { EmittedOutput } from '../../worker/worker-instance.js';
import type { WorkerEvent } from '../../worker/worker.js';

/** Collects the outputs of a lane in chunks of a fixed number, so that neither text nor hash depends on the batches. */
export class OutputJournal {
  #columns: OutputColumns;
  #number: number;
  #chain: string;
  #count: number;
  #full: OutputChunk[] = [];
  readonly #countsOnly: boolean;

  /**
   * @param open the last chunk where it was not full when the lane was committed last
   * @param countsOnly no chunk is made, and the chain stays where it is
   */
  constructor(count = 0, chain = emptyOutputChain, open: OutputChunk | null = null, countsOnly = false) {
    this.#countsOnly = countsOnly;
    this.#count = count;
    this.#chain = chain;
    this.#number = Math.floor(count / outputsPerChunk);
    this.#columns = open === null ? new OutputColumns() : OutputColumns.parse(open.text);
  }

  get count(): number {
    return this.#count;
  }

  /** Chain over the full chunks. */
  get chain(): string {
    return this.#chain;
  }

  /** @param ordinal which of the outputs with this name and key that the event gave, from 0 */
  append(
    event: Pick<WorkerEvent, 'topic' | 'partition' | 'offset'>,
    now: number,
    ordinal: number,
    emitted: EmittedOutput,
  ): void {
    const { output, key, businessId, value } = emitted;
    this.#count++;
    if (this.#countsOnly) return;
    this.#columns.add(event.topic, event.partition, event.offset, now, output, key, ordinal, businessId, value);
    if (this.#columns.count < outputsPerChunk) return;
    const chunk = this.#chunk();
    this.#full.push(chunk);
    this.#chain = chainOutputChunk(this.#chain, chunk.hash);
    this.#columns = new OutputColumns();
    this.#number++;
  }

  /** Chunks that changed since the last call, the open one last. */
  take(): readonly OutputChunk[] {
    const chunks = this.#full;
    this.#full = [];
    if (this.#columns.count > 0) chunks.push(this.#chunk());
    return chunks;
  }

  #chunk(): OutputChunk {
    const text = this.#columns.text();
    return { number: this.#number, count: this.#columns.count, text, hash: hashOutputChunk(text) };
  }
}

/** The chain over all chunks, the open one included. */
export function completeOutputChain(chain: string, open: OutputChunk | null): string {
  return open === null ? chain : chainOutputChunk(chain, open.hash);
}
