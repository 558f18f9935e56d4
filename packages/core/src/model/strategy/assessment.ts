import type { PlacementProblem } from '../position/placement-problem.js';
import type { Offset } from '../event/offset.js';
import type { StrategyName } from '../plan/strategy-name.js';
import type { Fidelity } from '../provenance/provenance.js';
import type { ErrorSummary } from '../errors/error-summary.js';
import type { Resource } from './resource.js';

/** What one strategy could do with the resources. An infeasible one is an answer, not an exception. */
export interface Assessment {
  readonly strategy: StrategyName;
  readonly feasible: boolean;
  /** Why not, where it is not. */
  readonly reason: InfeasibleReason | null;
  /** Null where it brings nothing back. */
  readonly bringsBack: ExpectedResult | null;
  /**
   * Single keys would begin at older states than the others: `wrong` keys of the newest snapshot at each, and those that events connect
   * with them. `older` is null for the beginning of the log. Absent where all keys begin at one state.
   */
  readonly olderKeys?: readonly { readonly newest: string; readonly older: string | null; readonly wrong: number }[];
  readonly expectedLoss: ExpectedLoss;
  /** Null where nothing was measured yet. */
  readonly expectedDurationMs: number | null;
  /** When the resources stop being enough (retention); null where they stay. */
  readonly actBefore: number | null;
  readonly resources: readonly Resource[];
  /** Null where there is nothing to check it with. */
  readonly workerCheck: AssessedWorkerCheck | null;
  readonly warnings: readonly AssessmentWarning[];
  /** When all events were read for this, in milliseconds since 1970; absent where that was not needed, or is just done. */
  readonly recordedAt?: number;
}

export type InfeasibleReason =
  /** No snapshot from before the error, and no beginning of the log, to start from. */
  | { readonly kind: 'no-baseline' }
  /** A replay from the beginning of the log has everything: there is nothing for this strategy to do. */
  | { readonly kind: 'nothing-lost' }
  /** Only reading all events would show it, and nobody has looked: see `AssessWork.deep`. */
  | { readonly kind: 'not-checked' }
  | { readonly kind: 'gaps'; readonly gaps: readonly OffsetGap[] }
  | { readonly kind: 'error'; readonly error: ErrorSummary };

/** Offsets of one partition that may have held events and that nothing holds. */
export interface OffsetGap {
  readonly topic: string;
  readonly partition: number;
  readonly from: Offset;
  readonly to: Offset;
}

/** State and outputs of this fidelity, on a condition or without one. */
interface ExpectedResult {
  readonly fidelity: Fidelity;
  readonly condition: 'gaps-accepted' | 'worker-reproduces-a-snapshot' | null;
}

type ExpectedLoss =
  | { readonly kind: 'everything' }
  | { readonly kind: 'events'; readonly events: number }
  /** Nobody knows how many events there were: so many offsets are known of. */
  | { readonly kind: 'unknown'; readonly known: number };

interface AssessedWorkerCheck {
  readonly worker: { readonly name: string; readonly version: string };
  /** `pending`: a plan will replay it against snapshots. */
  readonly state: 'checked' | 'pending' | 'not-checked';
  /** As a plan says it, see `WorkerCheck`. */
  readonly reason: string;
}

type AssessmentWarning =
  | { readonly kind: 'snapshot-damaged'; readonly location: string; readonly reason: string }
  /** Its position is none of the log: it has read more than the log holds, or something else. */
  | { readonly kind: 'snapshot-not-on-log'; readonly snapshot: string; readonly problem: PlacementProblem }
  /** A log deletes its oldest events by itself, and no archive has them. */
  | {
      readonly kind: 'retention';
      readonly topic: string;
      readonly partition: number;
      readonly offset: Offset;
      /** In milliseconds since 1970; null where it may be at any time. */
      readonly time: number | null;
      /** The rule of the log, such as `retention.ms=86400000`. */
      readonly by: string;
      /** Partitions of the topic that lose events; this one does so first. */
      readonly partitions: number;
    }
  /** An open transaction hides the offsets from `from` to before `to`. */
  | (OffsetGap & { readonly kind: 'open-transaction'; readonly by: string })
  | { readonly kind: 'no-snapshots' }
  | { readonly kind: 'order-not-determined'; readonly snapshots: number };
