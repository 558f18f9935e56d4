/** A small reproducible generator: whole numbers below `limit`. Good enough to choose which events a fault hits. */
export function seededRandom(seed: number): (limit: number) => number {
  let state = seed | 0;
  return (limit) => {
    // A Weyl sequence whose bits are mixed with two multiplications.
    state = (state + 0x9e3779b9) | 0;
    let bits = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    bits = Math.imul(bits ^ (bits >>> 15), 0x735a2d97);
    return ((bits ^ (bits >>> 15)) >>> 0) % limit;
  };
}
