import type { Lateness } from './agreement.js';

/** Quantiles of many differences in little memory. */
export class LatenessTally {
  readonly #bins = new Map<number, number>();
  #pairs = 0;
  #least = Infinity;
  #most = -Infinity;

  add(difference: number): void {
    const bin = Math.sign(difference) * Math.round(Math.log2(Math.abs(difference) + 1) * 16);
    this.#bins.set(bin, (this.#bins.get(bin) ?? 0) + 1);
    this.#pairs++;
    if (difference < this.#least) this.#least = difference;
    if (difference > this.#most) this.#most = difference;
  }

  summary(): Lateness | null {
    if (this.#pairs === 0) return null;
    const bins = [...this.#bins].sort(([a], [b]) => a - b);
    const at = (part: number): number => {
      let left = Math.ceil(part * this.#pairs);
      for (const [bin, count] of bins) {
        left -= count;
        if (left > 0) continue;
        const difference = Math.sign(bin) * Math.round(2 ** (Math.abs(bin) / 16) - 1);
        return Math.min(this.#most, Math.max(this.#least, difference));
      }
      return this.#most;
    };
    return {
      pairs: this.#pairs,
      least: this.#least,
      p5: at(0.05),
      median: at(0.5),
      p95: at(0.95),
      most: this.#most,
    };
  }
}
