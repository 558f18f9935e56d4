/** Random numbers that a seed gives again. */
export interface SeededNumbers {
  /** A whole number from 0 to below `limit`. */
  below(limit: number): number;
  /** `count` different whole numbers from 0 to below `limit`, or all where there are fewer; rising. */
  choose(count: number, limit: number): readonly number[];
  /** The same items in another order. */
  shuffle<T>(items: readonly T[]): readonly T[];
}

/**
 * Mulberry32, by Tommy Ettinger (public domain). What depends on the same seed and differs by `purpose` shares no number, so that
 * one more fault of a kind leaves the others where they were.
 */
export function seededNumbers(seed: number, purpose: string): SeededNumbers {
  let state = mix(seed, purpose);
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  const shuffle = <T>(items: readonly T[]): readonly T[] => {
    const mixed = [...items];
    for (let index = mixed.length - 1; index > 0; index--) {
      const other = below(index + 1);
      [mixed[index], mixed[other]] = [mixed[other] as T, mixed[index] as T];
    }
    return mixed;
  };
  return {
    below,
    shuffle,
    choose(count, limit) {
      if (count >= limit) return Array.from({ length: Math.max(0, limit) }, (_, index) => index);
      const chosen = new Set<number>();
      while (chosen.size < count) chosen.add(below(limit));
      return [...chosen].sort((a, b) => a - b);
    },
  };
}

/** FNV-1a over the purpose, begun at the seed. */
function mix(seed: number, purpose: string): number {
  let hash = (0x811c9dc5 ^ seed) | 0;
  for (let index = 0; index < purpose.length; index++) {
    hash = Math.imul(hash ^ purpose.charCodeAt(index), 0x01000193);
  }
  return Math.imul(hash ^ (hash >>> 13), 0x5bd1e995);
}
