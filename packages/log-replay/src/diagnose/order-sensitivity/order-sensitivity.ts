import type { NotComparedReason } from '../missing-evidence.js';

export interface SensitivityOptions {
  /** Other permissible orders that are tried beside the canonical one. */
  readonly members: number;
  readonly seed: number;
  /** How far the handling of one partition may have fallen behind the others, in milliseconds of event time. */
  readonly lagMs: number;
  /** Keys that are looked at, and sensitive ones that are listed. */
  readonly keys: number;
  readonly listed: number;
}

export const defaultSensitivity: SensitivityOptions = {
  members: 8,
  seed: 1,
  lagMs: 5 * 60_000,
  keys: 200_000,
  listed: 1_000,
};

/**
 * How a recorded state stands to those that the sampled orders lead to. `among`: one of them gives it. `within`: each of
 * its numbers lies between theirs. `beyond`: neither; another order may still give it. None of these means wrong.
 */
export type StandingOfLive = 'among' | 'within' | 'beyond';

export interface FieldSpread {
  readonly path: string;
  readonly min: number;
  readonly max: number;
}

/** A key whose state depends on how the partitions are interleaved. */
export interface SensitiveKey {
  readonly key: string;
  /** Distinct states over all orders, the canonical one included. */
  readonly states: number;
  /** Numeric fields that are not the same in all of them. */
  readonly spread: readonly FieldSpread[];
  /** Null where there is no live state, or none that can be compared. */
  readonly live: StandingOfLive | null;
}

export type NotMeasuredReason =
  /** The order is given, so that there is no other permissible one. */
  | { readonly kind: 'order-given' }
  /** The worker is partition-local, or there is one partition: the offsets give the order. */
  | { readonly kind: 'partition-local' }
  | { readonly kind: 'one-partition' }
  | Exclude<NotComparedReason, { kind: 'no-later-states' }>;

export interface OrderSensitivity {
  /** Why there is nothing to measure; null where there is. */
  readonly notMeasured: NotMeasuredReason | null;
  readonly seed: number;
  readonly members: number;
  readonly lagMs: number;
  readonly keys: {
    /** The order of the partitions provably does not matter: their events, and all that these touch, stand in one. */
    readonly independent: number;
    /** The same in all sampled orders, which does not prove that no order matters. */
    readonly sameInSamples: number;
    readonly sensitive: number;
    readonly notLookedAt: number;
  };
  /** How the live states of keys that are not independent stand; null where none can be compared. */
  readonly live: {
    readonly among: number;
    readonly within: number;
    readonly beyond: number;
  } | null;
  /** Those with the most distinct states first. */
  readonly sensitive: readonly SensitiveKey[];
}
