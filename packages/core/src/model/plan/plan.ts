import type { OutputKind } from '../outputs/output.js';
import type { OrderSpec } from '../order/order-spec.js';
import type { PartitionPositionJson } from '../position/position.js';
import type { Basis, Fidelity, SegmentSource } from '../provenance/provenance.js';
import type { PlannedKeyLoss } from './key-loss.js';
import type { LossEstimate } from './loss-estimate.js';
import type { PlannedEstimates, PlannedSum } from './planned-estimates.js';
import type { RecoveryChoice } from './recovery-choice.js';
import type { PlanFacts, PlanStandIns, PlanTotals, StandInTrial, UntriedStandIns } from './plan-records.js';
import type { StrategyName } from './strategy-name.js';
import type { PartitionId } from '../log/partition-id.js';

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
  /**
   * Why these keys do not begin at the snapshot that all others do: a replay from this state gives `wrong` of them otherwise, and
   * events connect the rest of them with these. Absent where nothing was said against another state.
   */
  readonly insteadOf?: { readonly snapshot: string; readonly wrong: number };
}

/** Two states of which one alone is begun at, although less is lost behind the newer one. */
export interface NotMixed {
  /** Null for the beginning of the log. */
  readonly older: string | null;
  readonly newer: string;
  /**
   * - `keys-of-any-partition`: the worker does not promise that each key stays in one partition, so that a lost event may have
   *   named any key, and connected it with any other
   * - `nothing-told`: a replay from the older one tells of no key of the newer one
   * - `older-is-better`: fewer keys are expected to be wrong where an older state is begun at: other systems have the events that
   *   are lost behind it, or too many of the keys that are told of are wrong in the newer one
   * - `too-many-keys`: more keys would begin at the older one than a plan can name
   */
  readonly reason: 'keys-of-any-partition' | 'nothing-told' | 'older-is-better' | 'too-many-keys';
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
  /** Records that say that they have every event stand in for the range, and nothing contradicts them; only where nobody holds it. */
  readonly stoodIn?: true;
  /** Its last offset stands for as many events as nobody knows, or none; only where nobody holds the range. */
  readonly openEnd?: true;
}

/** A log that the plan reads, pinned so that another one under the same name is noticed. */
interface PlanLog {
  readonly kind: string;
  readonly location: string;
  readonly fingerprint: string | null;
}

/** What a choice between the live and the rebuilt value of a key rests on. */
interface LiveCandidate {
  /** Null where nothing showed at planning how often the live state is wrong. */
  readonly errorRate: LiveErrorRate | null;
  /** So many events are lost and nothing stands in for them, as far as that can be told. */
  readonly lost: number;
  /** Absent where no key is reached, or the live state stands somewhere else than the plan ends. */
  readonly expectedWrong?: ExpectedWrongKeys;
}

/**
 * How many keys that lost events may have named are expected to be wrong, before any value is compared: if all are rebuilt, if
 * nothing is done, and as a recovery chooses. Null where nothing shows how often the service was wrong.
 */
export interface ExpectedWrongKeys {
  /** So many keys of the live state lost events may have named. */
  readonly reached: number;
  readonly rebuilt: number;
  readonly live: number | null;
  readonly chosen: number | null;
}

/** How often the live service was wrong where the log can still tell: what a choice between it and a rebuilt state rests on. */
export interface LiveErrorRate {
  /** Keys whose live value was wrong behind events that it had been right in front of. */
  readonly wrongKeys: number;
  /** Those events. */
  readonly events: number;
}

/**
 * What measures of the worker are likely to come to over all keys at the end of the plan, by their history in copies of the states: where
 * there is no log, no event can be drawn, and nothing is said of single keys.
 */
export interface PlannedSums {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** So many copies, from the first to the last, and how far they lie apart. */
  readonly copies: number;
  readonly from: number;
  readonly to: number;
  readonly step: 'hour' | 'day' | 'week' | 'month';
  /** As good as the copies: no interval tells of copies that are wrong. */
  readonly fidelity: Fidelity;
  readonly measures: readonly {
    readonly measure: string;
    /** By which method, and over how many known spans of the same length it was tried. */
    readonly estimated?: Omit<PlannedSum, 'measure'> & { readonly method: string; readonly masks: number };
    /** Why it is not estimated. */
    readonly refused?: string;
    /** What a control total says; the estimate does not know it. */
    readonly stated?: number;
    /** What the measure came to in the last of the copies, the oldest first, 120 at most; absent in plans of earlier versions. */
    readonly history?: readonly { readonly time: number; readonly value: number }[];
  }[];
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
  /** Keys that a part names begin there, all others at the part for all. Parts of different ages serve keys that no event connects. */
  readonly baseline: readonly BaselinePart[];
  /** Why the newer of two states is not begun at beside the older one; absent where nothing suggests it. */
  readonly notMixed?: NotMixed;
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
  /** Absent where no row stands in, or none could be tried. */
  readonly standInTrial?: StandInTrial;
  /** Rows stand in, and were not tried; absent where they were, and in plans of earlier versions. */
  readonly untriedStandIns?: UntriedStandIns;
  /** Absent where there are no control totals. */
  readonly totals?: readonly PlanTotals[];
  /** Absent where no other system says of states what they were. */
  readonly facts?: readonly PlanFacts[];
  /** Estimated events that the plan applies, and which estimator gave them; absent where none did. */
  readonly estimates?: PlannedEstimates;
  /** Absent where a log is left, or no copies of the states tell of it. */
  readonly sums?: PlannedSums;
  /**
   * The live state is a candidate beside the rebuilt one, for each key that a hole reaches. Absent where it is none.
   */
  readonly liveCandidate?: LiveCandidate;
  readonly expected: { readonly events: number; readonly loss: LossEstimate };
  /** Not part of the id. */
  readonly measured: {
    readonly eventsPerSecond: number | null;
    readonly durationMs: number | null;
    readonly proofMs: number | null;
    /** By the fastest and the slowest of the last runs, or of the parts of a sample; absent where fewer than two were measured. */
    readonly fastestMs?: number;
    readonly slowestMs?: number;
    /** Size of the run's database, and the most memory of its process, by the last runs; absent where none was measured. */
    readonly diskBytes?: number;
    readonly memoryBytes?: number;
    /** The last runs that this rests on; absent where none was measured. */
    readonly runs?: number;
    /** Where no run was measured: so many events of the plan's own were replayed to measure its time, and thrown away. */
    readonly sampledEvents?: number;
    /** When the log begins to delete what no other log has, in milliseconds since 1970; absent where it does not. */
    readonly actBefore?: number;
  };
  /** What is expected of single keys; absent where no lost event may have named one, or nobody counted. Not part of the id. */
  readonly keyLoss?: PlannedKeyLoss;
  /** How it was chosen among the strategies; absent where the user named one. Not part of the id. */
  readonly choice?: RecoveryChoice;
}
