/** An event that does not name the keys of another may have written the states from which the records of that one are right. */
export interface PerhapsStranger {
  /** One of those that were handled since does so if it is applied to a key that it does not name: the worker says so. */
  readonly isKnown: boolean;
  /** How far numbers of the state are off then, as a text. */
  readonly off: string;
}

/** From fewer disagreements nothing is concluded. */
const fewest = 10;

/** A reason that explains so many of them, or more, may be the reason of all. */
const telling = 1 / 3;

/**
 * Holds all disagreements that strangers may have caused against each other. Where these write what the worker makes of them, or
 * always change a state by as much, many disagreements show it; where many do not, results are wrong.
 */
export class StrangersTally {
  #known = 0;
  #all = 0;
  readonly #offs = new Map<string, number>();

  note({ isKnown, off }: PerhapsStranger): void {
    this.#all++;
    if (isKnown) this.#known++;
    this.#offs.set(off, (this.#offs.get(off) ?? 0) + 1);
  }

  mayBeBy({ isKnown }: PerhapsStranger): boolean {
    if (isKnown || this.#all < fewest) return true;
    return Math.max(this.#known, ...this.#offs.values()) >= telling * this.#all;
  }
}
