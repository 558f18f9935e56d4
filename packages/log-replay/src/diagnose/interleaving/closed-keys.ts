/**
 * Which keys the order of the partitions cannot matter for: keys that events connect form a group, and a group whose
 * events all stand in one partition is folded in the order of its offsets, however the partitions are interleaved. Memory
 * follows the number of keys.
 */
export class ClosedKeys {
  readonly #parents = new Map<string, string>();
  /** By root: the partition of the group, or -1 for several. */
  readonly #places = new Map<string, number>();

  /** Takes note of the keys of one event. */
  see(keys: readonly string[], place: number): void {
    let root: string | null = null;
    for (const key of keys) {
      const own = this.#rootOf(key);
      this.#places.set(own, merged(this.#places.get(own), place));
      root = root === null ? own : this.#join(root, own);
    }
  }

  /** True where the group of the key stands in one partition, or no event names it. */
  isClosed(key: string): boolean {
    return !this.#parents.has(key) || this.#places.get(this.#rootOf(key)) !== severalPlaces;
  }

  /** All keys that an event named. */
  keys(): IterableIterator<string> {
    return this.#parents.keys();
  }

  #rootOf(key: string): string {
    let at = key;
    for (;;) {
      const parent = this.#parents.get(at);
      if (parent === undefined) {
        this.#parents.set(at, at);
        return at;
      }
      if (parent === at) return at;
      const above = this.#parents.get(parent) ?? parent;
      this.#parents.set(at, above);
      at = above;
    }
  }

  #join(a: string, b: string): string {
    if (a === b) return a;
    this.#parents.set(b, a);
    this.#places.set(a, merged(this.#places.get(a), this.#places.get(b) ?? severalPlaces));
    this.#places.delete(b);
    return a;
  }
}

const severalPlaces = -1;

function merged(known: number | undefined, place: number): number {
  return known === undefined || known === place ? place : severalPlaces;
}
