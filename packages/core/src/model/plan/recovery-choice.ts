import type { ErrorSummary } from '../errors/error-summary.js';
import type { Fidelity } from '../provenance/provenance.js';
import type { StrategyName } from './strategy-name.js';

/** What a recovery must hold, as its user says; what is absent is not limited. */
export interface RecoveryLimits {
  /** Events that are lost and that no record stands in for: so many at most, or such a share of those that the recovery needs. */
  readonly maxLoss?: { readonly events: number } | { readonly share: number };
  /** Milliseconds that carrying the plan out may take, by the slowest that was measured. */
  readonly deadlineMs?: number;
  /** The least that the result as a whole may be called. */
  readonly minFidelity?: Fidelity;
}

/** What a plan is weighed by. Everything is known before an event is replayed for good; null is not known, and never good. */
export interface PlanFigures {
  /** Keys of which the recovered value is expected to be wrong. */
  readonly expectedWrongKeys: number | null;
  /** The same keys as the live service has them now: if nothing were done. */
  readonly liveWrongKeys: number | null;
  /** Every measure of the live state is expected to be nearer to what is right than that of the estimate; absent where not. */
  readonly isLiveNearer?: true;
  /** Of a key that lost events may have named, the live value is kept where it is more likely right than what is rebuilt. */
  readonly keepsLive: boolean;
  /** Events of the log that are replayed, at most; and all that the recovery needs, with those that are lost. */
  readonly replayedEvents: number;
  readonly neededEvents: number | null;
  /** Lost events that no record of another system stands in for, at most. Estimates count as lost. */
  readonly lostEvents: number | null;
  /** The word for the result as a whole: as good as its worst part. */
  readonly fidelity: Fidelity;
  /** Milliseconds by what was measured last, and by the slowest that was measured. */
  readonly durationMs: number | null;
  readonly slowestMs: number | null;
}

/** A limit that a plan does not hold; `value` is what it comes to, null where that is not known. */
export type BrokenLimit =
  | { readonly kind: 'max-loss'; readonly limit: NonNullable<RecoveryLimits['maxLoss']>; readonly value: number | null }
  | { readonly kind: 'deadline'; readonly limit: number; readonly value: number | null }
  | { readonly kind: 'min-fidelity'; readonly limit: Fidelity; readonly value: Fidelity };

/** Why a plan was taken before the next best one, the first difference; see docs/choosing.md. */
export type ChoiceReason =
  /** Nothing is lost: no other plan could lose less, and none was made. */
  | 'nothing-lost'
  /** No other strategy has a plan. */
  | 'only-plan'
  | 'limits'
  | 'expected-wrong-keys'
  | 'keeps-live'
  | 'lost-events'
  | 'fidelity'
  /** Fewer events are to be replayed. A measured time is another one each time, and decides nothing but a deadline. */
  | 'replayed-events'
  /** Both are worth the same: the one of the better tier. */
  | 'tier';

/** One strategy in a choice. */
export type WeighedStrategy = { readonly strategy: StrategyName } & (
  | {
      /** `worse-than-live`: more of its keys are expected to be wrong than if nothing were done. */
      readonly outcome: 'chosen' | 'second' | 'worse-than-live';
      readonly figures: PlanFigures;
      readonly broken: readonly BrokenLimit[];
    }
  /** It has no plan. */
  | { readonly outcome: 'refused'; readonly error: ErrorSummary }
  /**
   * Its plan would go on without lost events and has nothing in their place; nobody said that this may be (`acceptGaps`).
   */
  | { readonly outcome: 'gaps-not-accepted'; readonly lostEvents: number | null }
  | {
      readonly outcome: 'not-asked';
      /**
       * - `nothing-lost`: a better tier loses nothing
       * - `better-known`: a better tier has records in the place of lost events, knows how many keys will be wrong, or keeps live
       *   values that are more likely right; estimates alone do none of it
       * - `loss-accepted`: the user goes on without what is lost (`acceptGaps`, or a policy for what cannot be read)
       */
      readonly reason: 'nothing-lost' | 'better-known' | 'loss-accepted';
    }
);

/** How a plan came to be chosen. Of the plan that carries it; no part of its id. */
export interface RecoveryChoice {
  readonly reason: ChoiceReason;
  readonly limits: RecoveryLimits;
  /** In the order of the tiers. */
  readonly weighed: readonly WeighedStrategy[];
  /** Doing nothing: keys of the live state that are expected to be wrong, of those that lost events may have named. */
  readonly live: { readonly expectedWrongKeys: number | null };
}
