/** Numbers in [0, 1) from a seed, the same on every machine (splitmix32, after Steele, Lea and Flood 2014). */
export function seededNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    mixed ^= mixed >>> 15;
    return (mixed >>> 0) / 2 ** 32;
  };
}

/** A seed that depends on several numbers. */
export function mixSeeds(...parts: readonly number[]): number {
  let seed = 0;
  for (const part of parts) seed = Math.floor(seededNumbers((seed ^ part) >>> 0)() * 2 ** 32);
  return seed;
}
