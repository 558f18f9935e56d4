import { sameJson, type StateView } from '@eventmend/core/engine';
import { joined, nobody, type Accusations } from './accusations.js';
import { StatesSeen } from './states-seen.js';

/**
 * How well the live service's state of a key is known. `exact`: derived, and nothing spoke against it. `approximate`: taken
 * from what outputs revealed, up to their rounding. `guessed`: the service handled an event wrongly and nothing reveals
 * what it was left with.
 */
export type Confidence = 'exact' | 'approximate' | 'guessed';

/** The live service's state of a key, where it is not known to be the right one. */
export interface ShadowState {
  state: unknown;
  standing: Confidence;
  /** Who may have made it what it is; nobody where only something that is not known did. */
  accusations: Accusations;
  /** For a guess: the other state that it may be. Absent where there is none. */
  other?: { readonly state: unknown };
}

/** From best to worst. */
const standings: readonly Confidence[] = ['exact', 'approximate', 'guessed'];

/** The worse of two. */
export function worse(a: Confidence, b: Confidence): Confidence {
  return standings.indexOf(a) > standings.indexOf(b) ? a : b;
}

/**
 * Two states of every key: the right one, and the one that the live service was in. Most of the time, and for most keys,
 * they are the same, so the second is only kept where it differs.
 */
export class ExpectedAndLiveStates {
  readonly #right = new Map<string, unknown>();
  readonly #live = new Map<string, ShadowState>();
  readonly #quiet = new Set<string>();
  readonly #everQuiet = new Set<string>();
  readonly seen = new StatesSeen();

  readonly rightView: StateView = { read: (key) => this.#right.get(key) };
  readonly liveView: StateView = { read: (key) => this.liveState(key) };
  /** The live states as they are where the guesses are wrong. */
  readonly otherView: StateView = {
    read: (key) => {
      const other = this.#live.get(key)?.other;
      return other === undefined ? this.liveState(key) : other.state;
    },
  };

  /** Keys whose live state is, or may be, another one. */
  get apart(): ReadonlyMap<string, ShadowState> {
    return this.#live;
  }

  /** The right states of all keys that have one. */
  get right(): ReadonlyMap<string, unknown> {
    return this.#right;
  }

  areTogether(keys: readonly string[]): boolean {
    if (this.#live.size === 0) return true;
    for (const key of keys) if (this.#live.has(key)) return false;
    return true;
  }

  liveState(key: string): unknown {
    const apart = this.#live.get(key);
    return apart === undefined ? this.#right.get(key) : apart.state;
  }

  setRight(key: string, state: unknown): void {
    if (state === undefined) this.#right.delete(key);
    else {
      this.#right.set(key, state);
      this.seen.note(state);
    }
  }

  /** From here on the two states of a key change apart. */
  part(key: string): ShadowState {
    let apart = this.#live.get(key);
    if (apart === undefined) {
      apart = { state: this.#right.get(key), standing: 'exact', accusations: nobody };
      this.#live.set(key, apart);
    }
    return apart;
  }

  /** The other state that one may be which is not known exactly. */
  guess(key: string, other: unknown): void {
    const apart = this.#live.get(key);
    if (apart !== undefined && !sameJson(apart.state, other)) apart.other = { state: other };
  }

  hasOther(keys: readonly string[]): boolean {
    return this.#live.size > 0 && keys.some((key) => this.#live.get(key)?.other !== undefined);
  }

  /** True where the states of some keys are one of two sets, and not each key's one of two of its own. */
  areEitherOr(keys: readonly string[]): boolean {
    const doubtful = keys.filter((key) => this.#live.get(key)?.standing === 'guessed');
    const [only] = doubtful;
    return doubtful.length === 1 && only !== undefined && this.#live.get(only)?.other !== undefined;
  }

  /** An event of these keys was taken for handled, although nothing shows it. */
  noteQuiet(keys: readonly string[]): void {
    for (const key of keys) {
      this.#quiet.add(key);
      this.#everQuiet.add(key);
    }
  }

  /** Those of some keys of which that was so at any time. */
  everQuietOf(keys: readonly string[]): readonly string[] {
    return this.#everQuiet.size === 0 ? [] : keys.filter((key) => this.#everQuiet.has(key));
  }

  /** Whether that was so at any time, agreements since then or not. */
  everQuiet(keys: readonly string[]): boolean {
    return this.#everQuiet.size > 0 && keys.some((key) => this.#everQuiet.has(key));
  }

  /** The state of these keys is what outputs say that it is: what happened before no longer matters. */
  confirm(keys: readonly string[]): void {
    if (this.#quiet.size > 0) for (const key of keys) this.#quiet.delete(key);
  }

  hadQuiet(keys: readonly string[]): boolean {
    return this.#quiet.size > 0 && keys.some((key) => this.#quiet.has(key));
  }

  /** Puts the two together again where they have become the same. */
  rejoin(key: string): void {
    const apart = this.#live.get(key);
    if (apart?.standing === 'exact' && sameJson(apart.state, this.#right.get(key))) this.#live.delete(key);
  }

  /** The worst standing of some keys, and all accusations behind them. */
  standingOf(keys: readonly string[]): { readonly standing: Confidence; readonly accusations: Accusations } {
    let standing: Confidence = 'exact';
    let accusations = nobody;
    for (const key of keys) {
      const apart = this.#live.get(key);
      if (apart === undefined) continue;
      standing = worse(standing, apart.standing);
      accusations = joined(accusations, apart.accusations);
    }
    return { standing, accusations };
  }
}
