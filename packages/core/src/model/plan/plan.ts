import type { OutputKind } from '../outputs/output.js';
import type { OrderSpec } from '../order/order-spec.js';
import type { PartitionPositionJson } from '../position/position.js';
import type { Basis, Fidelity, SegmentSource } from '../provenance/provenance.js';
import type { LossEstimate } from './loss-estimate.js';
import type { PlannedEstimates } from './planned-estimates.js';
import type { RecoveryChoice } from './recovery-choice.js';
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
}

/** A log that the plan reads, pinned so that another one under the same name is noticed. */
interface PlanLog {
  readonly kind: string;
  readonly location: string;
  readonly fingerprint: string | null;
}

/** What a plan takes from the records of another system in the place of events that no log holds. */
export interface PlanStandIns {
  /** Name of the records. */
  readonly records: string;
  /** Index into `plan.logs`: the rows as events, which the plan pins. Null where no row is used. */
  readonly log: number | null;
  readonly rows: StandInRows;
  /** Events of the log that should have a row, and those that have one and agree with it. */
  readonly agreement: { readonly known: number; readonly agreeing: number };
  /** Types of event of which the records say that they have every one. */
  readonly completeFor: readonly string[];
  /** Why no row is used whatever it says; null where rows may be. */
  readonly unusable: 'clock-shifted' | 'amounts-in-other-unit' | 'order-recorded' | null;
}

/** What became of the rows of a source of records; together they are all of its rows. */
export interface StandInRows {
  readonly used: number;
  /** They are events that a log holds. */
  readonly alreadyKnown: number;
  /** They could be an event that is known and one that is lost, or lost inside of the range and outside of it. */
  readonly doubtful: number;
  /** In no hole of the range: nobody lost an event there, or it lies behind the target. */
  readonly outside: number;
  /** They are events in front of the baseline that no log holds: the state there has them already. */
  readonly beforeBaseline: number;
  /** Rows of one id that do not say the same. */
  readonly contradicting: number;
  /** Rows that say once more what an earlier one says. */
  readonly repeated: number;
  readonly reversals: number;
  /** Rows of types that the source does not stand for. */
  readonly otherTypes: number;
}

/** What a plan takes of what another system says of the states of keys. */
export interface PlanFacts {
  /** Name of the records. */
  readonly records: string;
  /** Index into `plan.logs`: the facts that are set, which the plan pins. Null where none is. */
  readonly log: number | null;
  readonly rows: FactRows;
  /** Keys of which a fact is set. */
  readonly keys: number;
  /** Facts about states that the log gives, or an earlier fact and the log behind it; and those of them that are what is rebuilt. */
  readonly agreement: { readonly known: number; readonly agreeing: number };
  /** The first facts that are not what is rebuilt: `stated` and `rebuilt` are JSON, the latter null where there is no state. */
  readonly contradictions: readonly {
    readonly key: string;
    /** Milliseconds since 1970. */
    readonly time: number;
    readonly stated: string;
    readonly rebuilt: string | null;
  }[];
  /** Why no fact is set whatever it says; null where facts may be. */
  readonly unusable: 'disagrees' | 'order-not-by-time' | 'deduplicates' | null;
}

/** What became of the rows of a source of facts; together they are all of its rows. */
export interface FactRows {
  /** They are set. */
  readonly used: number;
  /** They are what is rebuilt: nothing is to be set. */
  readonly agreeing: number;
  readonly differing: number;
  /** So near an event of their key, or the edge of what is lost, that nobody knows which came first. */
  readonly doubtful: number;
  /** Behind the target, or behind all that is known. */
  readonly outside: number;
  readonly beforeBaseline: number;
  /** Rows that say once more what an earlier one says. */
  readonly repeated: number;
  /** About a key of which rows contradict each other, or what is rebuilt. */
  readonly contradicting: number;
  /** Fields that the state has no place for. */
  readonly unfit: number;
  /** Of a source that is wrong about what is known. */
  readonly disbelieved: number;
}

/** What became of the control totals of a source, or of those that the incident itself gives. */
export interface PlanTotals {
  /** Name of the records; null for those of the incident itself. */
  readonly records: string | null;
  readonly totals: number;
  /** Held against a snapshot of their moment, and of these what they say. */
  readonly held: number;
  readonly agreeing: number;
  /** Of the recovery's end: the verification holds them against the result. */
  readonly atTarget: number;
  /** Of a moment that is that of no snapshot, nor of the target: they are held against nothing. */
  readonly unused: number;
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
  /** Absent where there are no control totals. */
  readonly totals?: readonly PlanTotals[];
  /** Absent where no other system says of states what they were. */
  readonly facts?: readonly PlanFacts[];
  /** Estimated events that the plan applies, and which estimator gave them; absent where none did. */
  readonly estimates?: PlannedEstimates;
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
    /** By the fastest and the slowest of the last runs; absent where fewer than two were measured. */
    readonly fastestMs?: number;
    readonly slowestMs?: number;
    /** Size of the run's database, and the most memory of its process, by the last runs; absent where none was measured. */
    readonly diskBytes?: number;
    readonly memoryBytes?: number;
    /** The last runs that this rests on; absent where none was measured. */
    readonly runs?: number;
    /** When the log begins to delete what no other log has, in milliseconds since 1970; absent where it does not. */
    readonly actBefore?: number;
  };
  /** How it was chosen among the strategies; absent where the user named one. Not part of the id. */
  readonly choice?: RecoveryChoice;
}
