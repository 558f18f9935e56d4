import type { OutputKind } from '../outputs/output.js';
import type { OrderSpec } from '../order/order-spec.js';
import type { PartitionPositionJson } from '../position/position.js';
import type { Basis, Fidelity, SegmentSource } from '../provenance/provenance.js';
import type { LossEstimate } from './loss-estimate.js';
import type { PartitionId } from '../log/partition-id.js';

export type StrategyName = 'log-replay' | 'checkpoint' | 'estimation';

/** Which keys something is about; within a plan, `all` are those of the plan's own scope. */
export type KeyScope = { readonly kind: 'all' } | { readonly kind: 'keys'; readonly keys: readonly string[] };

/** The part of the keys that a recovery is limited to. No event of its range names keys of both sides. */
export interface PlanScope {
  /** What was asked for. */
  readonly request: {
    /** How many keys were named. */
    readonly keys: number;
    /** Conditions on events, which all hold. */
    readonly where: readonly string[];
    /** `topic[3]`, or `3` where no topic was given; empty for all. */
    readonly partitions: readonly string[];
  };
  /** Keys that were named, or that a chosen event names; the others of `keys` joined through events. */
  readonly seeds: number;
  /** All keys of the scope, sorted. */
  readonly keys: readonly string[];
  /** Keys that the baseline, the range or the request names, in the scope or not. */
  readonly keysInAll: number;
  readonly events: {
    readonly inside: number;
    readonly outside: number;
    /** Events that cannot say which keys they name: they are quarantined as in every recovery. */
    readonly withoutKeys: number;
  };
  /** How the first keys joined that are no seeds, the nearest first. */
  readonly joined: readonly ScopeJoin[];
  /** Keys that were named and that neither baseline nor range knows. */
  readonly unknown: { readonly count: number; readonly first: readonly string[] };
}

/** How a key came into a scope: the first event that connected it. */
interface ScopeJoin {
  readonly key: string;
  /** The key of the scope that the event names too. */
  readonly through: string;
  /** Such as `orders[3]@18`. */
  readonly event: string;
}

/** Where the states of a key scope come from, and up to where they have seen the log. */
export interface BaselinePart {
  readonly scope: KeyScope;
  /** `genesis` has no states; a snapshot is named by its id and pinned by its digest. */
  readonly source:
    { readonly kind: 'genesis' } | { readonly kind: 'snapshot'; readonly id: string; readonly digest: string };
  readonly basis: Basis;
  readonly position: readonly PartitionPositionJson[];
  /** Why it may be trusted, in one sentence. */
  readonly evidence: string;
  /** What the team says that its checkpoint does not hold, by name; absent for nothing. */
  readonly omits?: Readonly<Record<string, string>>;
}

/** A range of one partition and where its events come from. */
export interface PlanSegment extends PartitionId {
  readonly scope: KeyScope;
  readonly from: string;
  readonly to: string;
  /** Index into `plan.logs`, or null for a range that nobody holds. */
  readonly log: number | null;
  /** What kind of source that log is, for the provenance of what it writes. */
  readonly as: SegmentSource;
  /** At most: some offsets hold no event. 0 in a range that nobody holds, and where records are damaged. */
  readonly events: number;
  readonly fidelity: Fidelity;
  /** The records there cannot be read: their offsets are quarantined. */
  readonly damaged?: true;
  /** Why no event ever stood there, as the user says; only where nobody holds the range. */
  readonly declared?: string;
}

/** A log that the plan reads, pinned so that another one under the same name is noticed. */
interface PlanLog {
  readonly kind: string;
  readonly location: string;
  readonly fingerprint: string | null;
}

/** Rows of another system that stand in for events which no log holds, and what became of the others. */
export interface PlanStandIns {
  /** Name of the records. */
  readonly records: string;
  /** Index into `plan.logs`: the rows as events, which the plan pins. */
  readonly log: number;
  readonly rows: StandInCounts;
  /** Events of the log that should have a row, and those that have one: how far the records can be believed. */
  readonly agreement: { readonly events: number; readonly matched: number };
}

/** Where the rows of a source of records went. */
export interface StandInCounts {
  /** Applied in the place of lost events. */
  readonly standIns: number;
  /** They tell of events that the log holds. */
  readonly known: number;
  /** Nobody can tell whether they tell of a lost event. */
  readonly doubtful: number;
  /** Of times that no hole reaches. */
  readonly outside: number;
  /** The baseline holds what they tell. */
  readonly beforeBaseline: number;
  /** Said before, by another row. */
  readonly repeated: number;
}

/** How often the live service was wrong where the log can still tell: what a choice between it and a rebuilt state rests on. */
export interface LiveErrorRate {
  /** Keys whose live value was wrong behind events that it had been right in front of. */
  readonly wrongKeys: number;
  /** Those events. */
  readonly events: number;
}

export type PlanTarget =
  | { readonly kind: 'end' }
  | { readonly kind: 'time'; readonly time: number }
  | { readonly kind: 'event'; readonly event: string }
  | { readonly kind: 'offsets' };

export type PoisonPolicy = 'stop' | 'quarantine-event' | 'quarantine-key';

/** A snapshot that was compared with the replay, and what came of it. `reason` and `firstDifference` are texts, which the plan's id pins. */
export interface SnapshotFinding {
  readonly id: string;
  readonly digest: string;
  readonly takenAt: number | null;
  readonly finding: 'proven' | 'declared' | 'differs' | 'order-not-determined' | 'not-comparable' | 'not-checked';
  readonly keysCompared: number;
  readonly keysDiffering: number;
  readonly firstDifference: string | null;
  readonly reason: string;
  /** Compared keys that a hole or a parked event before it can reach: of them nothing is told. Absent for none. */
  readonly keysReached?: number;
}

/** What shows that the worker behaves as the service did; without it nothing is called exact. `reason` is a sentence, which the plan's id pins. */
export interface WorkerCheck {
  readonly checked: boolean;
  /** True where it did otherwise than the service on a healthy stretch; absent where nothing shows that. */
  readonly failed?: true;
  /** The snapshot from before the onset that the worker reproduced. */
  readonly snapshot: string | null;
  readonly reason: string;
}

/**
 * What a recovery will do: immutable, hashed, single-use. `id` is the SHA-256 of everything but `id` itself and
 * `measured`, so that two machines that plan the same thing name it the same.
 */
export interface Plan {
  readonly format_version: 1;
  readonly id: string;
  readonly strategy: StrategyName;
  readonly incident: { readonly name: string; readonly digest: string };
  readonly worker: {
    readonly name: string;
    readonly version: string;
    /** SHA-256 over the module and everything that it imports. */
    readonly hash: string;
    readonly locality: 'partition' | 'global';
    /** Kinds of the declared outputs by name. */
    readonly outputs: Readonly<Record<string, OutputKind>>;
  };
  readonly order: OrderSpec;
  readonly poison: PoisonPolicy;
  /** The user said that gaps may stay: the result is then `incomplete`, and says so. */
  readonly acceptGaps: boolean;
  /** Absent where the recovery is about all keys. */
  readonly scope?: PlanScope;
  readonly baseline: readonly BaselinePart[];
  readonly segments: readonly PlanSegment[];
  readonly logs: readonly PlanLog[];
  readonly target: { readonly spec: PlanTarget; readonly position: readonly PartitionPositionJson[] };
  /** End of each partition when the plan was made: the order looks no further ahead than this. */
  readonly logEnd: readonly PartitionPositionJson[];
  readonly references: Readonly<Record<string, { readonly location: string; readonly digest: string }>>;
  readonly snapshots: readonly SnapshotFinding[];
  readonly workerCheck: WorkerCheck;
  /** Absent where the records of no other system are used. */
  readonly standIns?: readonly PlanStandIns[];
  /**
   * The live state is a candidate beside the rebuilt one, for each key that a hole reaches; null where nothing showed at
   * planning how often it is wrong. Absent where it is no candidate.
   */
  readonly liveCandidate?: { readonly errorRate: LiveErrorRate | null };
  readonly expected: { readonly events: number; readonly loss: LossEstimate };
  /** Not part of the id. */
  readonly measured: {
    readonly eventsPerSecond: number | null;
    readonly durationMs: number | null;
    readonly proofMs: number | null;
  };
}
