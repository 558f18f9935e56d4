import { findRoot } from '../order/find-root.js';

/** The event that connected two keys which nothing had connected before. Keys are given by their numbers. */
export interface Connection {
  readonly one: number;
  readonly other: number;
  /** Place of the event's partition among those that are read. */
  readonly place: number;
  readonly offset: number;
}

/**
 * Which keys events connect, however long the chain: a union-find over the keys. Memory follows the keys and never the
 * events, since there is at most one connection fewer than there are keys.
 */
export class KeyComponents {
  readonly #numbers = new Map<string, number>();
  readonly #names: string[] = [];
  readonly #parents: number[] = [];
  /** By root: events that name keys of the component. */
  readonly #events: number[] = [];
  readonly #connections: Connection[] = [];

  get size(): number {
    return this.#names.length;
  }

  /** In the order of the events. */
  get connections(): readonly Connection[] {
    return this.#connections;
  }

  /** The number of a key, which it gets when it is met first. */
  numberOf(key: string): number {
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = this.#names.length;
    this.#numbers.set(key, number);
    this.#names.push(key);
    this.#parents.push(number);
    this.#events.push(0);
    return number;
  }

  knows(key: string): boolean {
    return this.#numbers.has(key);
  }

  nameOf(number: number): string {
    return this.#names[number] as string;
  }

  /** Takes note of an event and of the keys that it names, at least one. */
  connect(keys: readonly string[], place: number, offset: number): void {
    const one = this.numberOf(keys[0] as string);
    let root = this.rootOf(one);
    for (let index = 1; index < keys.length; index++) {
      const other = this.numberOf(keys[index] as string);
      const otherRoot = this.rootOf(other);
      if (otherRoot === root) continue;
      this.#connections.push({ one, other, place, offset });
      root = this.#unite(root, otherRoot);
    }
    this.#events[root] = (this.#events[root] as number) + 1;
  }

  /** One number for all keys of a component. */
  rootOf(number: number): number {
    return findRoot(this.#parents, number);
  }

  /** How many events name keys of the component. */
  eventsOf(root: number): number {
    return this.#events[root] as number;
  }

  /** By the number of events, so that no chain of parents grows long. */
  #unite(a: number, b: number): number {
    const [root, child] = (this.#events[a] as number) >= (this.#events[b] as number) ? [a, b] : [b, a];
    this.#parents[child] = root;
    this.#events[root] = (this.#events[root] as number) + (this.#events[child] as number);
    return root;
  }
}
