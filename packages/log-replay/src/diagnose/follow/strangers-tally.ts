/** An event that does not name the keys of another may have written the states from which the records of that one are right. */
export interface PerhapsStranger {
  /** One of those that were handled since does so if it is applied to a key that it does not name: the worker says so. */
  readonly isKnown: boolean;
  /** The key had no state at all until then. */
  readonly isFirst: boolean;
  /** How far numbers of the state are off then, as a text. */
  readonly off: string;
}

/** Of fewer disagreements, a single one that a stranger explains lets one stand behind all of them. */
const fewest = 10;

/** So many are looked into to the last stranger; those behind them count no more. */
const most = 64;

/** So many strangers are asked from then on, the last ones. */
const askedBehind = 64;

/** A reason that explains so many of them, or more, may be the reason of all. */
const telling = 1 / 3;

/**
 * Holds all disagreements that strangers may have caused against each other: a service that writes states of keys which its events
 * do not name does so more than once, and what several of them wrote together is not told from one of them.
 */
export class StrangersTally {
  #known = 0;
  #all = 0;
  readonly #offs = new Map<string, number>();

  /** How many strangers are worth asking about the next one. */
  get asked(): number {
    return this.#all < most ? Infinity : askedBehind;
  }

  note({ isKnown, isFirst, off }: PerhapsStranger): void {
    if (this.#all >= most) return;
    this.#all++;
    if (isKnown || isFirst) this.#known++;
    this.#offs.set(off, (this.#offs.get(off) ?? 0) + 1);
  }

  mayBeBy({ isKnown, isFirst }: PerhapsStranger): boolean {
    if (isKnown || (isFirst && this.#all < fewest) || this.#known > this.#all * telling) return true;
    return this.#all < fewest ? this.#known > 0 : Math.max(0, ...this.#offs.values()) > telling * this.#all;
  }
}
