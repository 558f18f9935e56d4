import type { OutputKind } from '../../model/outputs/output.js';
import type { RecordedEventRef } from '../../model/records/recorded-outputs.js';
import type { FaultKind } from './fault-kind.js';

/** `send` and `retract` are for a publisher; `list` is for people: nothing may be sent for it. */
export type CorrectionAction = 'send' | 'retract' | 'list';

/**
 * Why an output is not as it was recorded: what the service did wrong with the event, or `consequence` where the event was
 * handled well from states that an earlier fault had made wrong. `differs` where nobody diagnosed it, `not-told` where the
 * diagnosis names no fault that it may come of.
 */
export type CorrectionReason = FaultKind | 'consequence' | 'not-told' | 'differs';

/** Why a correction is listed instead of sent. */
export type ListedBecause = 'effect' | 'undeclared' | 'not-retractable';

/** One thing that is owed to the receivers of an output. */
export interface Correction {
  /** SHA-256 of the semantic id, the action and what is corrected: the same whatever plan, version or batch derives it. */
  readonly id: string;
  readonly action: CorrectionAction;
  readonly output: string;
  readonly kind: OutputKind | 'undeclared';
  readonly key: string;
  /** What to send. For a delta the difference; for a listed one what should have been sent, null where nothing should. */
  readonly value: unknown;
  /** The event that it comes of. */
  readonly event: RecordedEventRef;
  /** When the event happened, in milliseconds: the time that the output should have had. Null where unknown. */
  readonly time: number | null;
  readonly ordinal: number;
  readonly semanticId: string;
  /** What was recorded in its place; null where nothing was. */
  readonly replaces: { readonly value: unknown } | null;
  /** What should have been recorded; null where nothing should. */
  readonly intended: { readonly value: unknown } | null;
  readonly reason: CorrectionReason;
  /** Null unless the action is `list`. */
  readonly listedBecause: ListedBecause | null;
}

/** Why nothing can be said about an output. */
export type UnknownReason =
  /** Not in the stretch of which the records were kept. */
  | 'outside-recorded-stretch'
  /** Another order of the partitions, as permissible as the canonical one, may explain it. */
  | 'order-not-determined'
  /** Records that name no event may be it. */
  | 'ambiguous'
  /** Two records of one business id have different contents. */
  | 'contradiction'
  /** The record is of an event that the log does not hold. */
  | 'event-unknown'
  /** The record is of an event that was parked or is in a hole, or of a key whose last value is from before the run. */
  | 'event-not-replayed'
  /** The value rests on parked events or holes. */
  | 'incomplete-state'
  /** Which record of the key is the newest cannot be told. */
  | 'order-of-records';

/** Each intended output and each record that is of none of them stands in one of these. */
export interface CorrectionCounts {
  /** Outputs that the run intends. */
  readonly intended: number;
  /** Records that were read. */
  readonly recorded: number;
  /** Records of events before the baseline of the run or behind its target: not compared. */
  readonly outsideRun: number;
  /** Intended, and recorded with this value. */
  readonly done: number;
  /** Intended and not recorded. */
  readonly owed: number;
  /** Intended, and recorded with another value. */
  readonly replaced: number;
  /** Recorded more often than intended, or not intended at all. */
  readonly toRetract: number;
  /** Of kind `latest`, and a newer value of the key stands anyway; or recorded again under the same business id. */
  readonly superseded: number;
  readonly unknown: Readonly<Record<UnknownReason, number>>;
  /** Corrections by action. */
  readonly actions: Readonly<Record<CorrectionAction, number>>;
}

/** An output that nothing can be said about. */
export interface UnknownOutput {
  readonly reason: UnknownReason;
  readonly output: string;
  readonly key: string | null;
  readonly event: RecordedEventRef | null;
}

/** What was wrong for one key: the wrong last value beside the right one, by output. */
export interface KeySummary {
  readonly key: string;
  readonly owed: number;
  readonly replaced: number;
  readonly toRetract: number;
  /** The time of the first event that it got something wrong for; null where unknown. */
  readonly firstTime: number | null;
  readonly last: {
    readonly output: string;
    readonly event: RecordedEventRef;
    readonly before: { readonly value: unknown } | null;
    readonly after: { readonly value: unknown } | null;
  };
}
