import type { PartitionToSave } from './survey-topics.js';

/** What became of one partition. */
export interface SavedPartition {
  readonly topic: string;
  readonly partition: number;
  readonly topicId: string;
  /** One past the last offset that is accounted for in the archive. */
  readonly to: number;
  /** Events that were added. */
  readonly events: number;
  /** Offsets that had been deleted before they could be saved, those of earlier calls not counted. */
  readonly lost: number;
  /** Offsets whose records could not be read, or are too large: holes, whose bytes are kept. Absent for none. */
  readonly damaged?: number;
  /** When retention takes the oldest at the earliest; null where it takes none. */
  readonly keptUntil: PartitionToSave['keptUntil'];
  readonly dueWithinADay: PartitionToSave['dueWithinADay'];
  /** The oldest offset in the cluster. */
  readonly low: number;
}

/** Brings what became of a partition up to date in a list. */
export function noteSaved(saved: SavedPartition[], seen: SavedPartition): void {
  const index = saved.findIndex((one) => one.topic === seen.topic && one.partition === seen.partition);
  const before = saved[index];
  if (before === undefined) saved.push(seen);
  else {
    const damaged = (before.damaged ?? 0) + (seen.damaged ?? 0);
    const events = before.events + seen.events;
    saved[index] = { ...seen, events, lost: before.lost + seen.lost, ...(damaged > 0 && { damaged }) };
  }
}
