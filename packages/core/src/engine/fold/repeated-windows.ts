/** Batches of a window that is handled twice, from the first window on; then always as many as the last. */
const sizes = [1, 2, 2];

/** Batches between two such windows, from the first on; then always as many as the last: one event in 64 is handled twice. */
const pauses = [0, 4, 124];

/**
 * Which stretches between two collections of states are handled twice: short ones, made short for it, often at the start and
 * then now and then. It changes no result.
 */
export class RepeatedWindows {
  #repeated = 0;
  #pause = 0;
  #batches = 0;

  /** The window that is being sent will be handled again. */
  get isRepeated(): boolean {
    return this.#pause <= 0;
  }

  /** The window ends here, because it is handled again. */
  get isWindowFull(): boolean {
    return this.isRepeated && this.#batches >= (sizes[Math.min(this.#repeated, sizes.length - 1)] as number);
  }

  noteBatch(): void {
    this.#batches++;
  }

  beginWindow(): void {
    if (this.#batches === 0) return;
    if (this.isRepeated) this.#pause = pauses[Math.min(this.#repeated++, pauses.length - 1)] as number;
    else this.#pause -= this.#batches;
    this.#batches = 0;
  }
}
