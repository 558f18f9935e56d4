import type { InfeasibleReason } from './assessment.js';

export type Verdict =
  | { readonly verdict: 'complete' }
  | { readonly verdict: 'incomplete'; readonly missing: readonly MissingPart[] }
  /** `plusMinus`: half of the widest interval. */
  | { readonly verdict: 'bounded'; readonly plusMinus: number }
  | { readonly verdict: 'refused'; readonly reason: InfeasibleReason };

/** What keeps a run from being complete. */
export type MissingPart =
  | { readonly kind: 'target-not-reached' }
  | { readonly kind: 'events-unavailable'; readonly events: number }
  /** Nobody knows how many events there were behind those that are counted. */
  | { readonly kind: 'loss-unknown' }
  | { readonly kind: 'events-quarantined'; readonly events: number }
  /** What the run begins at is from before the error as far as is known, and nothing proves it right. */
  | { readonly kind: 'baseline-unproven'; readonly snapshot: string }
  /** What the team says that its checkpoint does not hold, by name. */
  | { readonly kind: 'not-in-baseline'; readonly snapshot: string; readonly parts: readonly string[] }
  /** `reason` as the plan says it, see `WorkerCheck`. */
  | { readonly kind: 'worker-not-checked'; readonly reason: string }
  /** Keys that depend on what no check of the worker covered, and nobody reviewed; null where that is not known. */
  | { readonly kind: 'not-covered'; readonly keys: number | null }
  /** Leaps of time above `maxStep` that nothing confirmed: what was assumed of their order may be wrong. */
  | { readonly kind: 'times-unconfirmed'; readonly events: number }
  | { readonly kind: 'not-verified' }
  | { readonly kind: 'verification-failed' }
  /** By the tasks of a fleet, each with the keys that it had: what a worker remembers outside of its states would not show. */
  | { readonly kind: 'verified-in-same-shares' }
  /** Keys of a snapshot that the user trusts which come to other states when they are derived from the beginning of the log. */
  | { readonly kind: 'baseline-derived-otherwise'; readonly snapshot: string; readonly keys: number }
  | EarlierText;

/** A sentence in a file that an earlier version wrote, where this one writes a coded case. */
export interface EarlierText {
  readonly kind: 'text';
  readonly text: string;
}
