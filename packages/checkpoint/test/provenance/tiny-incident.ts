import type { TinyShape, TinyState, TinyValue } from './tiny-worker.js';

export const topic = 'tiny';
export const firstTime = Date.UTC(2026, 0, 1);
/** From one event to the next. */
export const stepMs = 1000;

export interface TinyEvent {
  readonly partition: number;
  readonly offset: number;
  readonly time: number;
  readonly value: TinyValue;
}

/** An event as a design draws it; offset and time follow from its place. */
export interface Slot {
  readonly partition: number;
  readonly value: TinyValue;
  /** `empty`: an offset that never held an event, and nobody says so. */
  readonly fate: 'kept' | 'missing' | 'damaged' | 'empty';
  /** At the very time of the slot before it, or earlier than that by some. */
  readonly time: 'own' | 'tied' | 'falling';
  /** What the service did with an event that the worker cannot handle. */
  readonly inTruth: 'skipped' | 'handled';
}

export interface SnapshotDesign {
  /** So many slots had been handled. */
  readonly at: number;
  readonly wrong: 'no' | 'bumped' | 'lacks' | 'extra';
  /** Only what is right is declared so: what is said of states behind a wrong one, its user answers for. */
  readonly trusted: boolean;
  readonly placed: boolean;
}

export interface Slack {
  readonly earlier: number;
  readonly later: number;
}

/** What another system has of the events. */
export interface RecordsDesign {
  readonly withId: boolean;
  readonly withAmount: boolean;
  readonly typed: boolean;
  readonly types: readonly string[] | null;
  readonly completeFor: readonly string[];
  readonly within: Slack;
  /** Slots from and until which it says that it has them; null where it says nothing. */
  readonly from: number | null;
  readonly until: number | null;
  /** Slots of which it has a row, how late that is, and whether it stands there twice. */
  readonly rows: readonly { readonly slot: number; readonly late: number; readonly twice: boolean }[];
  /** One row that is no event, or says another amount. */
  readonly lie: 'none' | 'amount' | 'invented';
  readonly shuffled: boolean;
  /** Two systems have the events, each those of some types. */
  readonly split: boolean;
}

/** What another system says of states. */
export interface FactsDesign {
  readonly within: Slack;
  /** The state itself, or its number alone. */
  readonly whole: boolean;
  /** The key, so many slots that had been handled, how late the row is, and how far in the step its moment was. */
  readonly rows: readonly {
    readonly key: string;
    readonly at: number;
    readonly inStep: number;
    readonly late: number;
    readonly wrong: boolean;
  }[];
}

export interface Design {
  readonly seed: number;
  readonly shape: TinyShape;
  readonly partitions: number;
  readonly slots: readonly Slot[];
  readonly snapshots: readonly SnapshotDesign[];
  /** The slot with which the service went wrong. */
  readonly onsetAt: number | null;
  readonly records: RecordsDesign | null;
  readonly facts: FactsDesign | null;
  readonly totals: boolean;
  readonly live: boolean;
  /** Where the first events of a partition are lost, its log begins behind them. */
  readonly retention: boolean;
  readonly target: 'end' | 'time' | 'event' | 'offsets';
  readonly batchEvents: number;
}

export type States = ReadonlyMap<string, TinyState>;

export interface TinySnapshot {
  readonly id: string;
  readonly takenAt: number;
  /** Null where only its time tells its place. */
  readonly next: readonly number[] | null;
  readonly rows: States;
  readonly trusted: boolean;
}

export interface Hole {
  readonly partition: number;
  readonly offset: number;
  readonly kind: 'missing' | 'damaged';
}

export interface RecordRow {
  readonly id?: string;
  readonly key: string;
  readonly amount: string;
  readonly type: string;
  readonly time: number;
  readonly value: TinyValue;
}

export interface FactRow {
  readonly key: string;
  readonly time: number;
  readonly state: TinyState;
}

/** What is recovered to: all, all up to a time or an event in the order, or so many of each partition. */
export type Target =
  | { readonly kind: 'end' }
  | { readonly kind: 'time'; readonly time: number }
  | { readonly kind: 'event'; readonly partition: number; readonly offset: number }
  | { readonly kind: 'offsets'; readonly next: readonly number[] };

export interface TinyIncident {
  readonly design: Design;
  readonly known: readonly TinyEvent[];
  readonly holes: readonly Hole[];
  /** What was there, which nobody is told. */
  readonly lost: readonly TinyEvent[];
  readonly ends: readonly number[];
  readonly onset: number | null;
  readonly snapshots: readonly TinySnapshot[];
  readonly live: TinySnapshot | null;
  readonly rows: readonly RecordRow[];
  readonly factRows: readonly FactRow[];
  readonly from: number | null;
  readonly until: number | null;
  /** What a parked event really did. */
  readonly effects: ReadonlyMap<string, Effect>;
  readonly target: Target;
  /** The right states there. */
  readonly truth: States;
  /** Records and facts are what they are declared to be. */
  readonly isTruthful: boolean;
}

/** What may have come of an event that the worker cannot handle. */
export type Effect = 'nothing' | 'more' | 'gone';

export const placeOf = ({ partition, offset }: { readonly partition: number; readonly offset: number }): string =>
  `${partition}@${offset}`;

/** The same fields in the same order, as text. */
export function textOf(state: TinyState | null | undefined): string {
  if (state === undefined || state === null) return 'none';
  const { n, c } = state;
  return JSON.stringify({ n, c });
}
