import type { RecordedEventRef } from '@eventmend/core/engine';
import type { ServiceDesign } from './service-design.js';
import type { Transfer } from './service-worker.js';

export type PlantedKind = 'missed' | 'twice' | 'out-of-order' | 'wrong';

export interface PlayedEvent {
  readonly ref: RecordedEventRef;
  readonly time: number;
  readonly value: Transfer;
}

export interface PlantedMistake {
  readonly kind: PlantedKind;
  readonly event: RecordedEventRef;
  /** Events that it was handled on the wrong side of. */
  readonly others: readonly RecordedEventRef[];
  readonly keys: readonly string[];
  /** It wrote the state of a key that it does not name: in place of its own, or of that one too. */
  readonly strays?: 'instead' | 'too';
}

export interface SentRow {
  readonly output: string;
  readonly key: string;
  readonly value: unknown;
  readonly businessId: string | null;
  readonly event: RecordedEventRef;
  readonly time: number;
}

export function laneOf({ topic, partition }: Pick<RecordedEventRef, 'topic' | 'partition'>): string {
  return `${topic}/${partition}`;
}

export function nameOf(ref: RecordedEventRef): string {
  return `${laneOf(ref)}@${ref.offset}`;
}

/** All keys that the handling of an event changes. */
export function keysChanged({ tally }: ServiceDesign, { keys, amount }: Transfer): readonly string[] {
  return tally ? [...keys, amount >= 0 ? 'paid-in' : 'withdrawn'] : keys;
}
