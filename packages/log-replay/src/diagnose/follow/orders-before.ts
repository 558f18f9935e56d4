import type { HiddenWay } from './hidden-ways.js';
import type { OpenEvent } from './open-event.js';
import type { WalkedEvent } from './walk-log.js';

type States = HiddenWay['states'];

/** From which states events are handled, and what comes of it; null where the worker fails. */
export interface HandlingFrom {
  readonly states: States;
  readonly behind: (one: OpenEvent, states: States) => Promise<States | null>;
}

/** More events than this are not told apart by the bits of a number. */
export const eventsAtMost = 30;

/** So many sets of events are tried. */
const setsAtMost = 1024;

/**
 * All sets of open events that may have been handled right before a handling, in every order that matters: each event of an order shares
 * a key with one behind it, since another may as well come later. Orders that lead to the same states count once. Sets are the bits of
 * numbers.
 */
export class OrdersBefore {
  readonly #open: readonly OpenEvent[];
  readonly #from: HandlingFrom;
  /** Those that share a key with the handling. */
  readonly #direct: number;
  /** Those that share a key with each one. */
  readonly #sharing: readonly number[];
  readonly #known = new Map<string, readonly States[]>();
  readonly #handlingsAtMost: number;
  /** So many were tried. */
  handlings = 0;

  constructor(walked: WalkedEvent, open: readonly OpenEvent[], from: HandlingFrom, handlingsAtMost: number) {
    this.#handlingsAtMost = handlingsAtMost;
    this.#open = open;
    this.#from = from;
    const sharing = (keys: readonly string[]): number =>
      open.reduce(
        (set, other, bit) => (other.walked.keys.some((key) => keys.includes(key)) ? set | (1 << bit) : set),
        0,
      );
    this.#direct = sharing(walked.keys);
    this.#sharing = open.map((one) => sharing(one.walked.keys));
  }

  /** Each set with each of the states that it may lead to; null where there are too many to try them all. */
  async all(): Promise<readonly HiddenWay[] | null> {
    if (this.#open.length > eventsAtMost) return null;
    const sets = this.#sets();
    if (sets === null) return null;
    const ways: HiddenWay[] = [];
    for (const set of sets) {
      const handled = this.#open.filter((_, bit) => has(set, bit));
      for (const states of await this.#statesBehind(set, set & this.#direct)) ways.push({ handled, states });
      if (this.handlings > this.#handlingsAtMost) return null;
    }
    return ways;
  }

  /** Sets that grow from the handling by shared keys. */
  #sets(): ReadonlySet<number> | null {
    const sets = new Set<number>([0]);
    for (const set of sets) {
      const next = this.#open.reduce(
        (all, _, bit) => (has(set, bit) ? all | (this.#sharing[bit] ?? 0) : all),
        this.#direct,
      );
      for (let bit = 0; bit < this.#open.length; bit++) if (has(next, bit)) sets.add(set | (1 << bit));
      if (sets.size > setsAtMost) return null;
    }
    sets.delete(0);
    return sets;
  }

  /** @param last those of the set that share a key with something behind all of it */
  async #statesBehind(set: number, last: number): Promise<readonly States[]> {
    if (set === 0) return [this.#from.states];
    const name = `${set} ${last}`;
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const found = new Map<string, States>();
    for (const [bit, one] of this.#open.entries()) {
      if (!has(last, bit) || this.handlings > this.#handlingsAtMost) continue;
      const rest = set & ~(1 << bit);
      for (const before of await this.#statesBehind(rest, rest & (last | (this.#sharing[bit] ?? 0)))) {
        this.handlings++;
        const states = await this.#from.behind(one, before);
        if (states !== null) found.set(nameOf(states), states);
      }
    }
    this.#known.set(name, [...found.values()]);
    return [...found.values()];
  }
}

function has(set: number, bit: number): boolean {
  return (set & (1 << bit)) !== 0;
}

function nameOf(states: States): string {
  return JSON.stringify(
    [...states].sort(([one], [other]) => (one < other ? -1 : 1)).map(([key, state]) => [key, state ?? null]),
  );
}
