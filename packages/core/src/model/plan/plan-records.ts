import type { ErrorCode } from '../errors/error-catalogue.js';

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

/**
 * What rows that stand in come to where one can see it: known events of a stretch were hidden, the rows stood in, and the states at the end
 * were held against those of the events themselves.
 */
export interface StandInTrial {
  /** When the hidden events happened, in milliseconds; null where none has a time. */
  readonly time: { readonly from: number; readonly until: number } | null;
  /** Hidden events, and rows that stood in for them. */
  readonly events: number;
  readonly rows: number;
  /** How many keys these rows named, each as often as it was named; and how many different ones. */
  readonly namings: number;
  readonly keys: number;
  /** Of these keys: those whose state was that of the events. */
  readonly right: number;
  /** Keys that a hidden event named and no row. */
  readonly bare: number;
}

/**
 * Why nobody knows what rows that stand in come to where the events are known. `nothing-known`: no known event could be
 * hidden. `failed`: the trial came upon an error, which the recovery may meet too; `error` is its code.
 */
export type UntriedStandIns =
  { readonly reason: 'nothing-known' } | { readonly reason: 'failed'; readonly error: ErrorCode };

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
