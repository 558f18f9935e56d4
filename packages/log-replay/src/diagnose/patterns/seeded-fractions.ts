/** Reproducible fractions above 0 and below 1; good enough to draw samples, not for secrets. */
export function seededFractions(seed: number): () => number {
  let state = seed | 0;
  return () => {
    // A counter in large odd steps, whose bits are mixed by two multiplications.
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return (((bits ^ (bits >>> 14)) >>> 0) + 0.5) / 2 ** 32;
  };
}
