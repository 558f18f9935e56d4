import { hashText } from './hash-text.js';

/**
 * The keys of a run, to tell whether a text is one of them, in a few bytes a key. By their hashes: one text of some thousand may be
 * taken for a key that is none, which hides too much and never too little.
 */
export class KnownKeys {
  readonly #hashes = new Set<number>();

  add(key: string): void {
    // A signed number takes less room.
    this.#hashes.add(hashText(key) | 0);
  }

  has(text: string): boolean {
    return this.#hashes.has(hashText(text) | 0);
  }
}
