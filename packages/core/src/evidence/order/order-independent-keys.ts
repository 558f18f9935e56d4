import { findRoot } from './find-root.js';

/** A key whose events stand in several partitions, or whose events nobody knows completely. */
const several = -1;

/**
 * Finds out, while events pass, for which keys the order of the partitions provably makes no difference: those that are
 * connected, over however many events and other keys, to events of one partition only. Within a partition every
 * permissible order is the same, so such a key has one right state whatever the service interleaved.
 *
 * Keys that one event names count as connected, since each may have been read for the others. Memory follows the number
 * of keys, never that of events.
 */
export class OrderIndependentKeys {
  readonly #nodes: Map<string, number>;
  /** Of a node: the one that it was joined to, or itself. */
  readonly #parents: number[];
  /** Of a root: the place of the only partition, or `several`. */
  readonly #places: number[];
  #allInDoubt: boolean;

  constructor(from?: OrderIndependentKeys) {
    this.#nodes = new Map(from === undefined ? [] : from.#nodes);
    this.#parents = from === undefined ? [] : [...from.#parents];
    this.#places = from === undefined ? [] : [...from.#places];
    this.#allInDoubt = from === undefined ? false : from.#allInDoubt;
  }

  /** An event of the partition with this number names these keys. */
  connect(place: number, entries: readonly { readonly key: string }[]): void {
    let root = -1;
    for (let index = 0; index < entries.length; index++) {
      const found = this.#rootOf((entries[index] as { readonly key: string }).key, place);
      root = root === -1 ? found : this.#join(root, found);
    }
    if (root !== -1 && this.#places[root] !== place) this.#places[root] = several;
  }

  /** An event had no effect here that may have had one in the service: its keys, or all where they are not known. */
  doubt(keys: readonly string[] | null): void {
    if (keys === null) this.#allInDoubt = true;
    else for (const key of keys) this.#places[this.#rootOf(key, several)] = several;
  }

  /** True where every permissible order gives the key the same state; also for a key that no event has named. */
  has(key: string): boolean {
    if (this.#allInDoubt) return false;
    const node = this.#nodes.get(key);
    return node === undefined || this.#places[findRoot(this.#parents, node)] !== several;
  }

  /** All keys that an event has named. */
  keys(): IterableIterator<string> {
    return this.#nodes.keys();
  }

  #rootOf(key: string, place: number): number {
    const known = this.#nodes.get(key);
    if (known !== undefined) return findRoot(this.#parents, known);
    const node = this.#parents.length;
    this.#nodes.set(key, node);
    this.#parents.push(node);
    this.#places.push(place);
    return node;
  }

  #join(a: number, b: number): number {
    if (a === b) return a;
    this.#parents[b] = a;
    if (this.#places[a] !== this.#places[b]) this.#places[a] = several;
    return a;
  }
}
