/** A uniform sample of a stream of unknown length, of bounded size. */
export interface Reservoir<Item> {
  /** Counts one item; where it is drawn, `put` must follow. Whatever is not drawn costs an addition. */
  isDrawn(): boolean;
  put(item: Item): void;
  readonly items: readonly Item[];
  /** Items that were offered. */
  readonly offered: number;
}

/**
 * Skips ahead to the next item that is drawn, so that the cost follows the logarithm of the stream: Algorithm L of Kim-Hung
 * Li, "Reservoir-sampling algorithms of time complexity O(n(1 + log(N/n)))", ACM TOMS 20 (1994), 481-493.
 *
 * @param fraction draws between 0 and 1, both excluded
 */
export function createReservoir<Item>(size: number, fraction: () => number): Reservoir<Item> {
  const items: Item[] = [];
  let offered = 0;
  /** Number of the next item that is drawn, from 1. */
  let next = 1;
  let weight = 1;

  const skipAhead = (): void => {
    weight *= Math.exp(Math.log(fraction()) / size);
    next += Math.floor(Math.log(fraction()) / Math.log1p(-weight)) + 1;
  };
  return {
    isDrawn: () => ++offered === next,
    put(item) {
      if (items.length < size) items.push(item);
      else items[Math.floor(fraction() * size)] = item;
      if (items.length < size) next++;
      else skipAhead();
    },
    items,
    get offered() {
      return offered;
    },
  };
}
