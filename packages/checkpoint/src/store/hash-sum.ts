const digits = 32;
const bits = 128;

export const emptySum = '0'.repeat(digits);

/**
 * The sum of the hashes of all rows of a table, modulo 2^128 (AdHash, Bellare and Micciancio 1997), kept up to date row by
 * row: a row that is gone, or is there as it was before, is then noticed, which the hash of a row cannot show. It finds
 * accidents, and is no defence against an attacker.
 */
export class HashSum {
  #sum: bigint;

  constructor(sum: string) {
    this.#sum = BigInt(`0x${sum}`);
  }

  add(hash: string): void {
    this.#sum += BigInt(`0x${hash}`);
  }

  remove(hash: string): void {
    this.#sum -= BigInt(`0x${hash}`);
  }

  toString(): string {
    return BigInt.asUintN(bits, this.#sum).toString(16).padStart(digits, '0');
  }
}
