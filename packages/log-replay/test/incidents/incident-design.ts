import type { RecordOrder } from '@eventmend/core/engine';

/** What a random incident is made of, as plain data that fast-check can shrink; `buildIncident` makes the incident of it. */
export interface IncidentDesign {
  readonly worker: WorkerStyle;
  readonly partitions: number;
  /** How many keys there are; at least two. */
  readonly keys: number;
  /** The partition follows from the first key, so that the order of a key's events is beyond doubt. */
  readonly keyed: boolean;
  /**
   * `field`: every event has its place in its value, and the service kept to it. `time`: the service followed the
   * canonical order by time. `own`: the order is by time, and the service put the partitions together in its own way.
   */
  readonly order: 'field' | 'time' | 'own';
  /** Events as they came; at least one. */
  readonly arrivals: readonly Arrival[];
  /** Faults hit events behind this share of all. */
  readonly onset: number;
  readonly faults: readonly FaultWish[];
  readonly kept: KeptOutputs;
  /** In which order the outputs are found, see `RecordOrder`. */
  readonly recordOrder: RecordOrder;
  readonly ledger: boolean;
  /** Where snapshots were taken, as shares of all events. */
  readonly snapshots: readonly number[];
  readonly live: boolean;
  readonly onsetKnown: boolean;
}

export interface WorkerStyle {
  /** `clamp`: whole numbers cut off at both ends. `smooth`: fractions, exponentially smoothed. */
  readonly arithmetic: 'clamp' | 'smooth';
  /** Keys of an event; the second of two reads what the first is left with. */
  readonly keysOfEvent: 1 | 2;
  /** Whether there is an output depends on the state. */
  readonly silent: boolean;
  /** How outputs carry the resulting state. */
  readonly reveals: 'exact' | 'rounded' | 'nothing';
  /** States have fields that no output carries. */
  readonly hidden: boolean;
  /** Several outputs of several kinds an event. */
  readonly several: boolean;
}

export interface Arrival {
  readonly partition: number;
  /** Milliseconds since the arrival before. */
  readonly step: number;
  /** Milliseconds between event and arrival. */
  readonly delay: number;
  readonly time: 'own' | 'missing' | 'equal' | 'falling';
  readonly key: number;
  readonly second: number;
  readonly type: 'add' | 'scale';
  readonly amount: number;
}

/** How an event came to a wrong result. */
export type Slip = 'sign' | 'unit' | 'ignored' | 'output-only' | 'state-only';

/** What went wrong with an event; those on outputs happened behind a right handling. */
export type CauseKind = 'missed' | 'twice' | 'swapped' | 'late' | 'wrong' | 'output-lost' | 'output-repeated';

/** A fault that is planted where it fits; else it is left out. */
export interface FaultWish {
  readonly kind: CauseKind;
  /** Picks the event. */
  readonly at: number;
  /** How many events later the second handling, or the late one, comes. */
  readonly later: number;
  readonly slip: Slip;
}

/** Which of the outputs are still there. */
type KeptOutputs =
  | { readonly since: 'beginning' }
  /** From the time of the event at this share of all; the description says so. */
  | { readonly since: 'time'; readonly share: number }
  /** From the handling at this share of all, and nothing says so. */
  | { readonly since: 'record'; readonly share: number };
