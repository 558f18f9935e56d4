import type { Cause } from '../../model/provenance/provenance.js';

/** Number of an interned set of causes. */
export type ProvenanceId = number;

/** Sets below this number are joined by looking into a table, which is many times cheaper than a map of pairs. */
const tabled = 512;

/**
 * Interned sets of causes: a state carries the number of its set, and joining two sets is a look-up. Sets only ever grow
 * by joining, and there are few: causes are ranges and classes, never single events.
 */
export class ProvenanceSets {
  readonly #causes: Cause[] = [];
  readonly #causeNumbers = new Map<string, number>();
  readonly #sets: (readonly number[])[] = [];
  readonly #setNumbers = new Map<string, ProvenanceId>();
  /** By two numbers of sets: the number of their union, -1 where nobody asked yet. */
  readonly #table: ProvenanceId[][] = [];
  readonly #joins = new Map<number, ProvenanceId>();
  #saved = 0;

  /** Restores sets in the order in which `takeNew` gave them. */
  static restore(sets: readonly (readonly Cause[])[]): ProvenanceSets {
    const restored = new ProvenanceSets();
    for (const causes of sets) restored.intern(causes);
    restored.#saved = restored.#sets.length;
    return restored;
  }

  intern(causes: readonly Cause[]): ProvenanceId {
    const numbers = new Set(causes.map((cause) => this.#numberOf(cause)));
    return this.#setOf([...numbers].sort((a, b) => a - b));
  }

  join(a: ProvenanceId, b: ProvenanceId): ProvenanceId {
    if (a === b) return a;
    if (a >= tabled || b >= tabled) return this.#joinRare(a, b);
    const row = (this.#table[a] ??= []);
    for (let id = row.length; id <= b; id++) row.push(-1);
    const known = row[b] as number;
    return known === -1 ? (row[b] = this.#unite(a, b)) : known;
  }

  #joinRare(a: ProvenanceId, b: ProvenanceId): ProvenanceId {
    // Two small numbers in one: there are never 2^26 sets.
    const pair = a < b ? a * 0x4000000 + b : b * 0x4000000 + a;
    let joined = this.#joins.get(pair);
    if (joined === undefined) this.#joins.set(pair, (joined = this.#unite(a, b)));
    return joined;
  }

  #unite(a: ProvenanceId, b: ProvenanceId): ProvenanceId {
    const union = new Set([...this.#set(a), ...this.#set(b)]);
    return this.#setOf([...union].sort((x, y) => x - y));
  }

  causes(id: ProvenanceId): readonly Cause[] {
    return this.#set(id).map((number) => this.#causes[number] as Cause);
  }

  /** The sets that were made since the last call, in the order of their numbers: what a commit has to write. */
  takeNew(): readonly { readonly id: ProvenanceId; readonly causes: readonly Cause[] }[] {
    const fresh = [];
    for (let id = this.#saved; id < this.#sets.length; id++) fresh.push({ id, causes: this.causes(id) });
    this.#saved = this.#sets.length;
    return fresh;
  }

  #set(id: ProvenanceId): readonly number[] {
    const set = this.#sets[id];
    if (set === undefined) throw new Error(`there is no provenance set ${id}`);
    return set;
  }

  #numberOf(cause: Cause): number {
    const text = JSON.stringify(cause);
    let number = this.#causeNumbers.get(text);
    if (number === undefined) {
      number = this.#causes.push(cause) - 1;
      this.#causeNumbers.set(text, number);
    }
    return number;
  }

  #setOf(numbers: readonly number[]): ProvenanceId {
    const text = numbers.join(',');
    let id = this.#setNumbers.get(text);
    if (id === undefined) {
      id = this.#sets.push(numbers) - 1;
      this.#setNumbers.set(text, id);
    }
    return id;
  }
}
