/**
 * Tournament tree over the heads of sorted runs: which of them is first. Equal values go to the lower index, so that the
 * order is the same wherever it is computed. Replacing the first costs log2(n) comparisons (Knuth, TAOCP 3, 5.4.1).
 */
export class MergeTree {
  readonly #keys: Float64Array;
  readonly #open: Uint8Array;
  /** Winner of each inner node: node i has the children 2i and 2i + 1; leaves begin at `#leaves`. */
  readonly #winners: Int32Array;
  readonly #leaves: number;

  /** @param runs how many; all are closed until `set` gives them a head */
  constructor(runs: number) {
    let leaves = 1;
    while (leaves < runs) leaves *= 2;
    this.#leaves = leaves;
    this.#keys = new Float64Array(leaves);
    this.#open = new Uint8Array(leaves);
    this.#winners = new Int32Array(2 * leaves);
    for (let leaf = 0; leaf < leaves; leaf++) this.#winners[leaves + leaf] = leaf;
    for (let node = leaves - 1; node > 0; node--) this.#winners[node] = this.#winners[2 * node] as number;
  }

  /** The run whose head is first, or -1 when all are closed. */
  get first(): number {
    const run = this.#winners[1] as number;
    return this.#open[run] === 1 ? run : -1;
  }

  /** Gives a run a new head. */
  set(run: number, key: number): void {
    this.#keys[run] = key;
    this.#open[run] = 1;
    this.#replay(run);
  }

  /** Takes a run out: it has no head any more. */
  close(run: number): void {
    this.#open[run] = 0;
    this.#replay(run);
  }

  #replay(run: number): void {
    const winners = this.#winners;
    const keys = this.#keys;
    const open = this.#open;
    for (let node = (this.#leaves + run) >> 1; node > 0; node >>= 1) {
      const left = winners[2 * node] as number;
      const right = winners[2 * node + 1] as number;
      // The left child holds the lower indexes: it wins when equal.
      const rightWins = open[right] === 1 && (open[left] === 0 || (keys[right] as number) < (keys[left] as number));
      winners[node] = rightWins ? right : left;
    }
  }
}
