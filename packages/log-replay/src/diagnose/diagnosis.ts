import type { WorkerCheck, EarlierText, RecordedEventRef, FaultKind, ReplayRoot } from '@eventmend/core/engine';
import type { Fault, Undetermined } from './fault.js';
import type { ExplainedState } from './follow/compare-with-end.js';
import type { FollowTally } from './follow/follow-request.js';
import type { MissingEvidence } from './missing-evidence.js';
import type { StateExplanations } from './from-states/state-explanations.js';
import type { OrderSensitivity } from './order-sensitivity/order-sensitivity.js';

/** A property that the faulty events share and the others mostly do not. */
export interface FaultPattern {
  readonly kind: FaultKind | 'all';
  /** In words: `value.distance >= 1500`, `partition 3`, `2001-05-01 14:00 to 15:00`. */
  readonly property: string;
  /** Faults of the kind with the property, and all of the kind. */
  readonly faults: number;
  readonly ofFaults: number;
  /** Share of all events of the stretch that have it, 0 to 1. */
  readonly shareOfEvents: number;
  /** Log-likelihood ratio (G) of the two shares: the ranking. */
  readonly strength: number;
}

/** When the error began or ended, as far as the faults show it. */
export interface EstimatedMoment {
  /** Milliseconds; effective time of the event. */
  readonly time: number;
  readonly evidence: MomentEvidence;
}

/** `unwitnessed`: events before the first record, which show nothing. `handlings`: all that were recorded; null where none were. */
type MomentEvidence =
  | { readonly kind: 'first-fault'; readonly event: RecordedEventRef; readonly unwitnessed: number }
  | { readonly kind: 'last-fault'; readonly event: RecordedEventRef; readonly handlings: number | null }
  | EarlierText;

/** What went wrong, and how far the evidence goes. Plain data, kept in the store. */
export interface Diagnosis {
  readonly format_version: 2;
  readonly incident: { readonly name: string; readonly digest: string };
  readonly worker: { readonly name: string; readonly version: string; readonly hash: string };
  /** SHA-256 over everything that it depends on: worker, log, records, order, start. */
  readonly basis: string;
  /** `records`: the service was followed through its outputs or ledger. `states`: only states were left. */
  readonly evidence: 'records' | 'states' | 'none';
  /** Digest of the recorded outputs; null where there were none, or a command gave them. */
  readonly outputsDigest: string | null;
  /** The records that were followed, for people. */
  readonly records: readonly string[];
  /** How many keys it is about, of all that the log and the start name; null for all. */
  readonly scope: { readonly keys: number; readonly of: number } | null;
  /** The states that it begins with. */
  readonly start: ReplayRoot | EarlierText;
  readonly workerCheck: WorkerCheck;
  readonly tally: Readonly<FollowTally> | null;
  readonly counts: Readonly<Record<FaultKind, number>>;
  readonly undetermined: number;
  /** By effective time. */
  readonly first: Fault | null;
  readonly last: Fault | null;
  readonly onset: EstimatedMoment | null;
  readonly end: EstimatedMoment | null;
  /** The first ones of each kind; all of them stand in `faults.ndjson` beside it. */
  readonly examples: readonly Fault[];
  readonly firstUndetermined: readonly Undetermined[];
  readonly patterns: readonly FaultPattern[];
  readonly live: ExplainedState | null;
  readonly states: StateExplanations | null;
  readonly order: OrderSensitivity | null;
  /** Evidence that would tell more; a text where an `Undetermined` says it. */
  readonly missing: readonly MissingEvidence[];
}
