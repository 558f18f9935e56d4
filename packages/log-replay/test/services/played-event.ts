import type { RecordedEventRef } from '@eventmend/core/engine';
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
