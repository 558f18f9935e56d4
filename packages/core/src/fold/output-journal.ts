import {
  chainOutputChunk,
  emptyOutputChain,
  hashOutputChunk,
  outputChunkText,
  outputsPerChunk,
} from '../digest/output-digest.js';
import type { OutputChunk } from '../run/store/run-store.js';

/** Collects the outputs of a lane in chunks of a fixed number, so that neither text nor hash depends on the batches. */
export class OutputJournal {
  #lines: string[] = [];
  #number: number;
  #chain: string;
  #count: number;
  #full: OutputChunk[] = [];

  /** @param open the last chunk where it was not full when the lane was committed last */
  constructor(count = 0, chain = emptyOutputChain, open: OutputChunk | null = null) {
    this.#count = count;
    this.#chain = chain;
    this.#number = Math.floor(count / outputsPerChunk);
    if (open !== null) this.#lines = open.text.slice(1, -1).split(',\n');
  }

  get count(): number {
    return this.#count;
  }

  /** Chain over the full chunks. */
  get chain(): string {
    return this.#chain;
  }

  append(line: string): void {
    this.#count++;
    if (this.#lines.push(line) === outputsPerChunk) {
      const chunk = this.#chunk();
      this.#full.push(chunk);
      this.#chain = chainOutputChunk(this.#chain, chunk.hash);
      this.#lines = [];
      this.#number++;
    }
  }

  /** Chunks that changed since the last call, the open one last. */
  take(): readonly OutputChunk[] {
    const chunks = this.#full;
    this.#full = [];
    if (this.#lines.length > 0) chunks.push(this.#chunk());
    return chunks;
  }

  #chunk(): OutputChunk {
    const text = outputChunkText(this.#lines);
    return { number: this.#number, count: this.#lines.length, text, hash: hashOutputChunk(text) };
  }
}

/** The chain over all chunks, the open one included. */
export function completeOutputChain(chain: string, open: OutputChunk | null): string {
  return open === null ? chain : chainOutputChunk(chain, open.hash);
}
