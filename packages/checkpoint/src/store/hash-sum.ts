const digits = 32;
const bits = 128;
const bytes = bits / 8;

export const emptySum = '0'.repeat(digits);

/** So many sums of 32 bits fit a double without losing a digit. */
const mostAddends = 2 ** 20;

/**
 * The sum of the hashes of all rows of a table, modulo 2^128 (AdHash, Bellare and Micciancio 1997), kept up to date row by
 * row: a row that is gone, or is there as it was before, is then noticed, which the hash of a row cannot show. It finds
 * accidents, and is no defence against an attacker.
 *
 * It is kept in four numbers of 32 bits and what they carry: a BigInt for each hash costs twice as much, and this is asked of
 * every row that is read or written.
 */
export class HashSum {
  readonly #bytes = Buffer.alloc(bytes);
  readonly #words = new DataView(this.#bytes.buffer, this.#bytes.byteOffset, bytes);
  readonly #sums = new Float64Array(bytes / 4);
  #addends = 0;

  constructor(sum: string) {
    this.add(sum);
  }

  add(hash: string): void {
    this.#count(hash, 1);
  }

  remove(hash: string): void {
    this.#count(hash, -1);
  }

  toString(): string {
    const sum = this.#sums.reduce((above, word) => (above << 32n) + BigInt(word), 0n);
    return BigInt.asUintN(bits, sum).toString(16).padStart(digits, '0');
  }

  #count(hash: string, sign: 1 | -1): void {
    if (++this.#addends > mostAddends) this.#carry();
    this.#bytes.write(hash, 0, bytes, 'hex');
    for (let word = 0; word < this.#sums.length; word++)
      this.#sums[word] = this.#sums[word]! + sign * this.#words.getUint32(4 * word);
  }

  #carry(): void {
    const sum = this.toString();
    this.#sums.fill(0);
    this.#addends = 1;
    this.add(sum);
  }
}
