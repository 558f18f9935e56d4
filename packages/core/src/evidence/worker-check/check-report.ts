import type { OffsetGap } from '../../model/strategy/assessment.js';
import type { PlacementProblem } from '../../model/position/placement-problem.js';
import type { RecordedEventRef } from '../../model/records/recorded-outputs.js';
import type { SnapshotFinding } from '../../model/plan/plan.js';
import type { CheckCoverage } from '../check-coverage/check-coverage.js';
import type { FieldFinding } from './field-tally.js';

/**
 * `passed`: the worker does what the service did, as far as the evidence reaches, and that is far enough to rely on it.
 * `mismatch`: on a stretch that is known to be healthy it came to something else, which no permissible order explains.
 * `cannot-be-told`: everything else; the reason says what is missing.
 */
export type CheckVerdict = 'passed' | 'mismatch' | 'cannot-be-told';

/** The first thing that the worker did otherwise than the service, both sides next to each other. */
export interface CheckDifference {
  /** Where it was seen: an output of this event, or a snapshot. */
  readonly seen:
    | { readonly in: 'output'; readonly output: string; readonly event: RecordedEventRef }
    | {
        readonly in: 'snapshot';
        readonly snapshot: string;
        /** Events that named the key since the snapshot before, one of which made the difference; null where none did. */
        readonly events: {
          readonly count: number;
          readonly first: RecordedEventRef;
          readonly last: RecordedEventRef;
        } | null;
      };
  readonly key: string;
  readonly path: string;
  readonly expected: string;
  readonly recorded: string;
}

/** How the outputs of one name agree, counted in outputs of the stretch. */
export interface OutputAgreement {
  readonly output: string;
  /** Those that the worker gives, and those that the service recorded beyond them. */
  readonly compared: number;
  readonly agreeing: number;
  readonly differing: number;
  /** The worker gives it, and the service recorded none. */
  readonly missing: number;
  /** The service recorded it, and the worker gives none. */
  readonly extra: number;
  /** Of the three: those that another permissible order may explain. */
  readonly undetermined: number;
  /** Recorded a second time with the same value: no disagreement. */
  readonly repeated: number;
  /** Paths of its fields that the worker calls volatile: they were not compared. Absent where there are none. */
  readonly volatile?: readonly string[];
}

export interface OutputsCheck {
  readonly location: string;
  readonly outputs: readonly OutputAgreement[];
  /** Records of events outside of the stretch, and records that name nothing to hold them against. */
  readonly outside: number;
  readonly nameless: number;
}

/** What the verdict rests on, or what is missing for one. */
export type CheckReason =
  | { readonly kind: 'reproduced'; readonly agreement: CheckAgreement }
  | { readonly kind: 'not-reproduced'; readonly disagreement: CheckDisagreement }
  /** The log does not reach back to its beginning, and no snapshot is declared trusted. */
  | { readonly kind: 'no-root' }
  | { readonly kind: 'nothing-recorded' }
  /** `reason` as a plan says it, see `SnapshotFinding`. */
  | { readonly kind: 'nothing-comparable'; readonly snapshot: string; readonly reason: string }
  /** Nobody knows whether the stretch is healthy; null where nothing agrees, or nothing differs. */
  | {
      readonly kind: 'onset-unknown';
      readonly agreement: CheckAgreement | null;
      readonly disagreement: CheckDisagreement | null;
    }
  | { readonly kind: 'order-not-recorded' }
  | { readonly kind: 'events-quarantined'; readonly events: number }
  | { readonly kind: 'too-few-outputs'; readonly agreeing: number; readonly least: number };

/** What was reproduced as a whole. */
export interface CheckAgreement {
  readonly snapshot: { readonly id: string; readonly keys: number } | null;
  /** 0 where not all that were compared agree. */
  readonly outputs: number;
}

/** What was not reproduced, and no order explains. */
export interface CheckDisagreement {
  /** The first, and how many later ones are not reproduced either. */
  readonly snapshot: {
    readonly id: string;
    readonly differing: number;
    readonly keys: number;
    readonly later: number;
  } | null;
  readonly outputs: number;
}

/** Where a replay begins: `snapshot` is null for the beginning of the log. */
export interface ReplayRoot {
  readonly snapshot: string | null;
  readonly basis: 'genesis' | 'declared' | 'proven';
}

/** Whether the version that was deployed explains what the live service holds. */
export interface FaultyFinding {
  readonly worker: string;
  /** Why nothing could be compared; null where it was. */
  readonly reason:
    | { readonly kind: 'no-live-state' }
    | { readonly kind: 'live-not-on-log'; readonly problem: PlacementProblem }
    | { readonly kind: 'gaps'; readonly gaps: readonly OffsetGap[] }
    | { readonly kind: 'order-not-determined' }
    | null;
  readonly from: ReplayRoot;
  /** Keys whose live state is not what the worker under check gives. */
  readonly wrong: number;
  /** Of these: the faulty version gives exactly the live state. */
  readonly explained: number;
  readonly notExplained: number;
  /** Keys whose live state is right, and where the faulty version gives another one. */
  readonly contradicted: number;
  /** Keys of which nothing can be told, since their order is not recorded. */
  readonly undetermined: number;
  readonly keys: number;
  /** The first key that it does not explain, with what all three hold. */
  readonly first: {
    readonly key: string;
    readonly corrected: string;
    readonly faulty: string;
    readonly live: string;
  } | null;
}

/** What a check can say nothing about. */
interface NotCovered {
  /** Types of events of the log that it did not cover. */
  readonly types: readonly UncoveredType[];
  /** Lines of the worker's code that did not run, such as `worker.ts:41-44`; empty where code is not recorded. */
  readonly lines: readonly string[];
  /** Fields that `normalise` drops. */
  readonly fields: readonly string[];
}

/** A type of events, on the stretch of a check or behind it, none of which it covered. */
export interface UncoveredType {
  readonly type: string;
  readonly events: number;
  readonly keys: number;
}

export interface WorkerCheckReport {
  readonly worker: { readonly name: string; readonly version: string; readonly hash: string };
  readonly verdict: CheckVerdict;
  readonly reason: CheckReason;
  readonly stretch: {
    /** Null where nothing is known to begin at. */
    readonly root: ReplayRoot | null;
    /** Outputs of events before this are left alone; null where all are compared. */
    readonly from: number | null;
    /** Events from this on belong to the incident; null where the onset is not known. */
    readonly until: number | null;
    /** Events that were replayed, and that were parked. */
    readonly applied: number;
    readonly quarantined: number;
  };
  /** Snapshots of the stretch, the earliest first. */
  readonly snapshots: readonly SnapshotFinding[];
  readonly outputs: OutputsCheck | null;
  readonly firstDifference: CheckDifference | null;
  /** Fields that differ, the most frequent first. */
  readonly fields: readonly FieldFinding[];
  /** Differing states and outputs that would agree if the candidates for `normalise` were left out. */
  readonly wouldAgree: number;
  readonly faulty: FaultyFinding | null;
  /** Null where nothing was replayed. */
  readonly coverage: {
    readonly covered: CheckCoverage;
    readonly notCovered: NotCovered;
    /** What of it the user declares reviewed. */
    readonly reviewed: readonly string[];
  } | null;
}
