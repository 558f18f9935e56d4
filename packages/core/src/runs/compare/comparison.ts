import type { Fidelity } from '../../model/provenance/provenance.js';
import type { StrategyName } from '../../model/plan/strategy-name.js';
import type { ErrorSummary } from '../../model/errors/error-summary.js';
import type { LiveComparison } from '../../model/strategy/live-comparison.js';
import type { RunReport } from '../../model/strategy/run-report.js';
import type { KeyFinding } from './compared-key.js';

/**
 * What the recoveries are held against: the truth as the user gives it, another run, the live state; or nothing, where no value can
 * be called right or wrong.
 */
export type ComparisonReference =
  | { readonly kind: 'none' }
  | { readonly kind: 'truth'; readonly location: string; readonly outputs: string | null }
  | { readonly kind: 'run'; readonly runId: string; readonly strategy: StrategyName }
  | { readonly kind: 'live'; readonly location: string };

/** What is compared: a run, or what stands if nothing is done. */
export type ComparedSubject =
  | {
      readonly kind: 'run';
      readonly runId: string;
      readonly strategy: StrategyName;
      readonly status: RunReport['status'];
      readonly verdict: RunReport['verdict'];
    }
  | { readonly kind: 'live'; readonly location: string };

/** Keys of one recovery by what they are against the reference. Their sum is the number of keys that either side has. */
export interface StatesAgainst {
  readonly same: number;
  /** Both have a state, and not the same one. */
  readonly differing: number;
  /** The reference alone has a state. */
  readonly missing: number;
  /** The recovery alone has a state. */
  readonly surplus: number;
  /** They differ, and another permissible order of the partitions may be why: neither right nor wrong. Live states only. */
  readonly undetermined: number;
  /**
   * Of those that differ, are missing or surplus, by what the recovery says of them; of a missing key that is how good it says it is
   * that there is none. Empty for the live state, which says nothing. Any `exact` here is the worst that there is.
   */
  readonly wrongAs: Readonly<Partial<Record<Fidelity, number>>>;
}

/** Outputs by which event they are of, within the stretch of the log that all that is compared has read. */
export interface OutputsAgainst {
  readonly same: number;
  /** The same output with another value. */
  readonly differing: number;
  readonly missing: number;
  readonly surplus: number;
  /** Of events that stand in for lost ones: which output of the reference they would be cannot be told. */
  readonly besideLog: number;
}

/** What a measure of the worker comes to. Null where it gave no number. */
export interface ComparedMeasure {
  readonly measure: string;
  readonly sum: number | null;
  /** Null without a reference. */
  readonly reference: number | null;
  /** How far the sum is off. */
  readonly off: number | null;
  /** The absolute differences of the single keys, added: what cancels out in the sum stands here. */
  readonly offByKey: number | null;
  /** What the plan said before that it would come to; absent where it said nothing. */
  readonly interval?: {
    readonly level: number;
    readonly low: number;
    readonly high: number;
    /** Null without a reference. */
    readonly holds: boolean | null;
  };
}

/** What was lost, and what the plan said would be. */
interface ComparedLoss {
  /** Offsets that no log holds, and events that were set aside. */
  readonly unavailable: number;
  readonly quarantined: number;
  /** Of the unavailable ones: those for which the records of another system stand in, which say that they have every one. */
  readonly stoodIn: number;
  /** Keys that those name themselves, and keys that only read from these. */
  readonly directKeys: number;
  readonly carriedKeys: number;
  /** Events that the plan said are lost, without those that are stood in for; null where nobody knows how many. */
  readonly expected: number | null;
}

/** In milliseconds and events; what was expected stands in the plan. */
interface ComparedTime {
  readonly elapsedMs: number;
  /** Null where nothing was measured when it was planned. */
  readonly expectedMs: number | null;
  readonly applied: number;
  readonly expectedEvents: number;
}

/** One wrong value, as an example. States are as they are compared, cut to some length; null where there is none. */
export interface WrongKey {
  readonly key: string;
  readonly finding: Exclude<KeyFinding, 'same' | 'not-compared'>;
  readonly fidelity: Fidelity | null;
  readonly recovered: string | null;
  readonly reference: string | null;
}

/** One recovery in a comparison. */
export interface ComparedRecovery {
  readonly subject: ComparedSubject;
  /** Keys with a state, of those that are compared. */
  readonly keys: number;
  /** By how good their values are called; null for the live state, which calls them nothing. */
  readonly fidelity: Readonly<Partial<Record<Fidelity, number>>> | null;
  /** Null without a reference, or where this cannot be held against it. */
  readonly states: StatesAgainst | null;
  /** Null where one of both has no outputs that could be compared. */
  readonly outputs: OutputsAgainst | null;
  readonly measures: readonly ComparedMeasure[];
  /** The first wrong values, those before all others that are called exact. */
  readonly wrongKeys: readonly WrongKey[];
  /** Null for the live state. */
  readonly loss: ComparedLoss | null;
  readonly time: ComparedTime | null;
  /** Why the live state cannot be compared; null where it can. */
  readonly doubt: LiveComparison['reason'];
}

/** A strategy that can do nothing here, and why. */
export interface RefusedStrategy {
  readonly strategy: StrategyName;
  readonly error: ErrorSummary;
}

/** A run of the store that is not compared. */
export interface RunLeftOut {
  readonly runId: string;
  readonly reason: 'not-ended' | 'another-incident' | 'another-worker' | 'limited-to-keys';
}

/** Several recoveries of one incident side by side. Plain JSON. */
export interface Comparison {
  readonly format_version: 1;
  readonly incident: { readonly name: string; readonly digest: string };
  readonly worker: {
    readonly name: string;
    readonly version: string;
    /** Absent in what an early version kept. */
    readonly hash?: string;
  };
  readonly reference: ComparisonReference;
  /** Where all of them stop on the log. */
  readonly target: readonly { readonly topic: string; readonly partition: number; readonly next: string }[];
  /** Keys that the comparison is limited to, since a run is: so many are in the scope of all. Null for all keys. */
  readonly limitedTo: number | null;
  /** Keys that anything compared, or the reference, has a state of. */
  readonly keys: number;
  readonly recoveries: readonly ComparedRecovery[];
  readonly refused: readonly RefusedStrategy[];
  readonly leftOut: readonly RunLeftOut[];
  /**
   * Healthy stretches that were hidden as the incident is, recovered by each strategy and compared with what really was: recoveries of
   * other folders, against a truth that nobody had to give. Absent where none was made.
   */
  readonly heldOut?: readonly HeldOutComparison[];
}

/** What came of recovering a stretch of which the truth is known. */
export interface HeldOutComparison {
  /** Of the drill that made it. */
  readonly seed: number;
  /** Since and until when the events were handled wrongly there, in milliseconds; null where events have no times. */
  readonly onset: number | null;
  readonly end: number | null;
  readonly keys: number;
  readonly recoveries: readonly ComparedRecovery[];
  readonly refused: readonly RefusedStrategy[];
}
