import type { TinyShape, TinyState, TinyType, TinyValue } from './tiny-worker.js';

export const firstTime = Date.UTC(2026, 0, 1);
export const farTime = Date.UTC(2099, 0, 1);
export const maxStepMs = 24 * 3600 * 1000;
/** What no known event names. */
export const unknownKeys = ['z', 'y'] as const;

export interface TinyEvent {
  readonly partition: number;
  readonly offset: number;
  readonly time: number | null;
  /** Null where the bytes are no JSON. */
  readonly value: TinyValue | null;
  /** The place in the recorded order; null where it is not listed. */
  readonly rank: number | null;
}

/** An event as a design draws it; the offset follows from its place. */
export interface Slot {
  readonly partition: number;
  readonly time: 'own' | 'none' | 'falling' | 'same' | 'far';
  readonly value: TinyValue | null;
  /** `empty`: an offset that never held an event, and is declared so. */
  readonly fate: 'kept' | 'missing' | 'damaged' | 'empty';
  /** What the service did with an event that the worker cannot handle. */
  readonly inTruth: 'skipped' | 'handled';
  readonly listed: boolean;
}

export interface SnapshotDesign {
  /** So many slots had been handled. */
  readonly at: number;
  /** Or so many of each partition, as no order by time passes through. */
  readonly cuts: readonly number[] | null;
  readonly wrong: 'no' | 'bumped' | 'lacks' | 'extra';
  readonly trusted: boolean;
  readonly dated: boolean;
}

export interface Design {
  readonly seed: number;
  readonly shape: TinyShape;
  readonly poison: 'stop' | 'quarantine-event' | 'quarantine-key';
  readonly order: 'time' | 'field' | 'recorded';
  readonly partitions: number;
  readonly slots: readonly Slot[];
  readonly snapshots: readonly SnapshotDesign[];
  /** The slot with which the service went wrong. */
  readonly onsetAt: number | null;
  readonly reviewed: readonly string[];
  /** A type that the worker handles otherwise than the service should. */
  readonly deviant: TinyType | null;
  /** The live state tells where the log ends. */
  readonly live: boolean;
  /** The log in two parts that overlap. */
  readonly twoLogs: boolean;
  /** A topic of deliveries stands beside it. */
  readonly deliveries: boolean;
  /** So many offsets are replayed of each partition; null for all. */
  readonly target: readonly number[] | null;
  readonly scope: readonly string[] | null;
  readonly batchEvents: number;
}

export type States = ReadonlyMap<string, TinyState>;

export interface TinySnapshot {
  readonly id: string;
  readonly takenAt: number | null;
  readonly next: readonly number[];
  readonly rows: States;
  readonly trusted: boolean;
}

export interface Hole {
  readonly partition: number;
  readonly offset: number;
  readonly kind: 'missing' | 'damaged' | 'empty';
  readonly rank: number | null;
  /** What was there, which nobody is told. */
  readonly lost: TinyEvent | null;
}

export interface TinyIncident {
  readonly design: Design;
  readonly known: readonly TinyEvent[];
  readonly holes: readonly Hole[];
  readonly ends: readonly number[];
  readonly onset: number | null;
  readonly snapshots: readonly TinySnapshot[];
  readonly live: TinySnapshot | null;
}

export const placeOf = ({ partition, offset }: { readonly partition: number; readonly offset: number }): string =>
  `${partition}@${offset}`;
