import type { KeyOfRun } from '@eventmend/core/engine';
import { hashText } from '../mask/hash-text.js';

/** How many keys a report lists, at most. */
interface KeyLimits {
  /** Keys whose value is the least to be relied on. */
  readonly doubtful: number;
  /** Keys that can be relied on, and whose live value is another. */
  readonly changed: number;
  /** Of all others. */
  readonly sample: number;
}

const keyLimits: KeyLimits = { doubtful: 200, changed: 200, sample: 100 };

const doubts: Readonly<Record<string, number>> = {
  incomplete: 6,
  unproven: 5,
  extrapolated: 4,
  interpolated: 3,
  external: 2,
  declared: 1,
  exact: 0,
};
const standings: Readonly<Record<KeyOfRun['standing'], number>> = {
  differs: 5,
  'only-live': 4,
  'only-recovered': 3,
  'not-determined': 2,
  'not-compared': 1,
  same: 0,
};

interface Ranked {
  readonly rank: number;
  readonly of: KeyOfRun;
}

/** Chooses the worst keys of a run and a sample of the others, in memory that does not follow their number. */
export class KeyChoice {
  readonly #limits: KeyLimits;
  readonly #weightOf: (key: string) => number;
  #doubtful: Best;
  #changed: Best;
  #sample: Best;
  #seen = 0;

  /** @param weightOf how many outputs of a key are wrong: of two keys alike the one with more is the worse */
  constructor(weightOf: (key: string) => number = () => 0, limits = keyLimits) {
    this.#limits = limits;
    this.#weightOf = weightOf;
    [this.#doubtful, this.#changed, this.#sample] = this.#fresh();
  }

  visit(key: KeyOfRun): void {
    this.#seen++;
    const doubt = key.fidelity === null ? 6 : (doubts[key.fidelity] ?? 6);
    const weight = Math.min(this.#weightOf(key.key), 999_999);
    const standing = standings[key.standing];
    if (doubt > 1) this.#doubtful.offer((doubt * 10 + standing) * 1e6 + weight, key);
    else if (standing > 1) this.#changed.offer(standing * 1e6 + weight, key);
    // Those with the highest hashes are a sample that nobody chose.
    else this.#sample.offer(hashText(key.key), key);
  }

  restart(): void {
    this.#seen = 0;
    [this.#doubtful, this.#changed, this.#sample] = this.#fresh();
  }

  get seen(): number {
    return this.#seen;
  }

  /** The worst first. What one kind leaves free, the others fill. */
  list(): readonly { readonly of: KeyOfRun; readonly chosenAs: 'worst' | 'sample' }[] {
    const { doubtful, changed, sample } = this.#limits;
    let left = this.#most();
    const kinds = [this.#doubtful, this.#changed, this.#sample].map((best) => best.list());
    const takes = [doubtful, changed, sample].map((most, at) => {
      const take = Math.min(most, kinds[at]?.length ?? 0);
      left -= take;
      return take;
    });
    const chosen = kinds.map((kind, at) => {
      const more = Math.min(left, kind.length - (takes[at] ?? 0));
      left -= more;
      return kind.slice(0, (takes[at] ?? 0) + more);
    });
    const [worst = [], others = [], rest = []] = chosen;
    return [
      ...[...worst, ...others].map((of) => ({ of, chosenAs: 'worst' as const })),
      ...rest.toSorted((a, b) => (a.key < b.key ? -1 : 1)).map((of) => ({ of, chosenAs: 'sample' as const })),
    ];
  }

  #most(): number {
    return this.#limits.doubtful + this.#limits.changed + this.#limits.sample;
  }

  #fresh(): [Best, Best, Best] {
    const most = this.#most();
    return [new Best(most), new Best(most), new Best(most)];
  }
}

/** The few with the highest ranks; of two alike the one that came first. */
class Best {
  readonly #most: number;
  #held: Ranked[] = [];
  #least = -Infinity;

  constructor(most: number) {
    this.#most = most;
  }

  offer(rank: number, of: KeyOfRun): void {
    if (rank <= this.#least) return;
    this.#held.push({ rank, of });
    if (this.#held.length < 2 * this.#most) return;
    this.#cut();
    this.#least = this.#held.at(-1)?.rank ?? -Infinity;
  }

  list(): readonly KeyOfRun[] {
    this.#cut();
    return this.#held.map((ranked) => ranked.of);
  }

  #cut(): void {
    this.#held.sort((a, b) => b.rank - a.rank);
    this.#held.length = Math.min(this.#held.length, this.#most);
  }
}
