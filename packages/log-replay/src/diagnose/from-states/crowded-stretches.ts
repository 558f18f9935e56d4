/** So many pairs of keys of one stretch are remembered; where there are more, it is looked into. */
const pairsAtMost = 200_000;

/** Two numbers of keys make one number of a pair. */
const pairBase = 2 ** 26;

/**
 * Tells, from counts alone, of stretches between recorded states in which nothing can be explained: each key that differs has
 * more events than are gathered, or is connected by events with one that has. What is counted is less than what the gathering
 * would meet, so that it errs only by letting a stretch be looked into.
 */
export class CrowdedStretches {
  readonly #perKey: number;
  readonly #numbers = new Map<string, number>();
  /** Events of this stretch by the number of their key. */
  #counts: number[] = [];
  #pairs = new Set<number>();
  #allCrowded = true;

  /** @param perKey so many events of a key are gathered at the most */
  constructor(perKey: number) {
    this.#perKey = perKey;
  }

  /** True as long as all differing keys of all stretches so far lie among too many events. */
  get allCrowded(): boolean {
    return this.#allCrowded;
  }

  handled(keys: readonly string[]): void {
    for (let at = 0; at < keys.length; at++) {
      const number = this.#numberOf(keys[at] as string);
      this.#counts[number] = (this.#counts[number] ?? 0) + 1;
      for (let other = 0; other < at; other++) this.#connect(this.#numberOf(keys[other] as string), number);
    }
  }

  /** A stretch ends; of these keys the recorded states differ for the first time. */
  close(differing: readonly string[]): void {
    const numbers = differing.map((key) => this.#numberOf(key));
    if (this.#pairs.size >= pairsAtMost) this.#allCrowded &&= numbers.every((number) => this.#hasTooMany(number));
    else this.#allCrowded &&= this.#areCrowded(numbers);
    this.#counts = [];
    this.#pairs = new Set();
  }

  #areCrowded(numbers: readonly number[]): boolean {
    const groups = new Map(numbers.map((number) => [number, new Set([number])]));
    for (const pair of this.#pairs) {
      const group = groups.get(Math.floor(pair / pairBase));
      const other = groups.get(pair % pairBase);
      if (group === undefined || other === undefined || group === other) continue;
      for (const number of other) {
        group.add(number);
        groups.set(number, group);
      }
    }
    return [...new Set(groups.values())].every((group) => [...group].some((number) => this.#hasTooMany(number)));
  }

  #hasTooMany(number: number): boolean {
    return (this.#counts[number] ?? 0) > this.#perKey;
  }

  #connect(one: number, other: number): void {
    if (this.#pairs.size < pairsAtMost) this.#pairs.add(Math.min(one, other) * pairBase + Math.max(one, other));
  }

  #numberOf(key: string): number {
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = this.#numbers.size;
    this.#numbers.set(key, number);
    return number;
  }
}
