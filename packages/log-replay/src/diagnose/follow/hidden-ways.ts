import type { OpenEvent } from './open-event.js';

/**
 * One way in which events without records may have been handled before a handling that does not tell it from none of them having been.
 */
export interface HiddenWay {
  readonly handled: readonly OpenEvent[];
  /** The states that it led to, of keys where these are others than those that the service is believed to have had. */
  readonly states: ReadonlyMap<string, unknown>;
}

/** So many are followed; of the events of any more nothing is known. */
const waysFollowed = 64;

/** The hidden ways that no handling since has told from the rest, each followed through the handlings of its keys. */
export class HiddenWays {
  /** With how many handlings of its keys there were that it was not followed through. */
  readonly #ways = new Map<HiddenWay, number>();

  /** Those in which keys have other states. */
  touching(keys: readonly string[]): readonly HiddenWay[] {
    if (this.#ways.size === 0) return [];
    return [...this.#ways.keys()].filter(({ states }) => keys.some((key) => states.has(key)));
  }

  mayHaveHandled(open: OpenEvent): boolean {
    for (const { handled } of this.#ways.keys()) if (handled.includes(open)) return true;
    return false;
  }

  /** A handling of some keys; it tells nothing of a way that was not followed through the one before. */
  noteHandling(keys: readonly string[]): void {
    for (const way of this.touching(keys)) {
      const count = (this.#ways.get(way) ?? 0) + 1;
      if (count > 1) this.lose(way);
      else this.#ways.set(way, count);
    }
  }

  /** A handling was tried out: these are the ways that are hidden behind it. */
  follow(keys: readonly string[], hidden: readonly HiddenWay[]): void {
    for (const way of this.touching(keys)) this.#ways.delete(way);
    for (const way of hidden) this.add(way);
  }

  /** One in which no states are others now is lost at once. */
  add(way: HiddenWay): void {
    if (way.states.size === 0 || this.#ways.size >= waysFollowed) this.lose(way);
    else this.#ways.set(way, 0);
  }

  /** Nothing will tell any more whether it was so. */
  lose(way: HiddenWay): void {
    this.#ways.delete(way);
    for (const one of way.handled) one.untried = Number.POSITIVE_INFINITY;
  }

  /** Whether an event was handled is known, and it was not in any of these ways; or it never will be. */
  decide(open: OpenEvent, isKnown: boolean): void {
    for (const way of [...this.#ways.keys()]) {
      if (!way.handled.includes(open)) continue;
      if (isKnown) this.#ways.delete(way);
      else this.lose(way);
    }
  }
}
