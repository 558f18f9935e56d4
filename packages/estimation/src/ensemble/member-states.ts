import { freezeDeeply, type StateView } from '@eventmend/core/engine';

/**
 * The states of many members at once. What is the same in all of them is kept once, so that a fork costs nothing until an event
 * tells the members apart. All states are frozen: nothing can change one under another member that shares it.
 */
export class MemberStates {
  readonly size: number;
  /** States that all members share, as they are stored. */
  readonly #shared: Map<string, unknown>;
  /** By key, then by member; undefined where a member has none. */
  readonly #apart: Map<string, unknown[]>;

  constructor(size: number, states: Map<string, unknown>, apart = new Map<string, unknown[]>()) {
    this.size = size;
    this.#shared = states;
    this.#apart = apart;
    for (const state of states.values()) freezeDeeply(state);
  }

  view(member: number): StateView {
    return { read: (key) => this.of(key, member) };
  }

  of(key: string, member: number): unknown {
    const apart = this.#apart.get(key);
    return apart === undefined ? this.#shared.get(key) : apart[member];
  }

  isApart(key: string): boolean {
    return this.#apart.has(key);
  }

  /** Members by what they have for some keys: those of one group have the very same states. */
  groupsOf(keys: readonly string[]): readonly (readonly number[])[] {
    const apart = keys.flatMap((key) => this.#apart.get(key) ?? []);
    if (apart.length === 0) return [Array.from({ length: this.size }, (_, member) => member)];
    const numbers = new Map<unknown, number>();
    const groups = new Map<string, number[]>();
    for (let member = 0; member < this.size; member++) {
      let name = '';
      for (const key of keys) {
        const state = this.#apart.get(key)?.[member];
        let number = numbers.get(state);
        if (number === undefined) numbers.set(state, (number = numbers.size));
        name += `${number},`;
      }
      const group = groups.get(name);
      if (group === undefined) groups.set(name, [member]);
      else group.push(member);
    }
    return [...groups.values()];
  }

  /** @param state undefined for a deletion */
  write(members: readonly number[], key: string, state: unknown): void {
    freezeDeeply(state);
    let apart = this.#apart.get(key);
    if (apart === undefined) {
      if (members.length === this.size) {
        if (state === undefined) this.#shared.delete(key);
        else this.#shared.set(key, state);
        return;
      }
      apart = new Array<unknown>(this.size).fill(this.#shared.get(key));
      this.#shared.delete(key);
      this.#apart.set(key, apart);
    }
    for (const member of members) apart[member] = state;
  }

  shared(): Map<string, unknown> {
    return this.#shared;
  }

  apart(): Map<string, unknown[]> {
    return this.#apart;
  }

  /** All keys of which a member has, or had, a state, in their order. */
  keys(): readonly string[] {
    return [...this.#shared.keys(), ...this.#apart.keys()].sort();
  }
}
