import type Database from 'better-sqlite3';
import type { ArchiveEvent } from './archive-event.js';
import { guarded } from './open-archive-database.js';
import type { PartitionSummary } from './partition-summary.js';
import { contentOf } from './read-segments.js';
import { storedEvent } from './segment-content.js';
import { segmentTable } from './segment-table.js';

/** The events of one partition, to look for some of them. */
export interface CommittedEvents {
  /** Null where no event has a time. */
  readonly maxTime: number | null;
  /** Where the segments begin that may hold an event of this time, in their order. */
  segmentsAt(time: number): readonly number[];
  /** Where the segments begin that hold the last events, at least so many where there are so many, in their order. */
  lastSegments(events: number): readonly number[];
  /**
   * The events from the beginning of a segment to the end of the partition, a segment at a time.
   * @throws RecoveryError `corrupt-archive-segment` for a damaged one
   */
  segmentsFrom(first: number): Generator<readonly ArchiveEvent[], void>;
}

export function committedEvents(db: Database.Database, path: string, summary: PartitionSummary): CommittedEvents {
  const { ref, maxTime } = summary;
  return {
    maxTime,
    segmentsAt: (time) =>
      guarded(path, () =>
        db
          .prepare(
            'SELECT first_offset FROM segment WHERE partition_ref = ? AND min_time <= ? AND max_time >= ? ORDER BY first_offset',
          )
          .pluck()
          .all(ref, time, time),
      ) as number[],
    lastSegments: (events) =>
      guarded(path, () => {
        const backwards = db
          .prepare('SELECT first_offset, events FROM segment WHERE partition_ref = ? ORDER BY first_offset DESC')
          .raw()
          .iterate(ref) as IterableIterator<[first: number, events: number]>;
        const segments: number[] = [];
        let seen = 0;
        for (const [first, count] of backwards) {
          segments.unshift(first);
          seen += count;
          if (seen >= events) break;
        }
        return segments;
      }),
    *segmentsFrom(first) {
      const table = segmentTable(db, path);
      let row = guarded(path, () => table.at(summary, first));
      while (row !== null) {
        const content = contentOf(row, summary, path);
        yield Array.from(content.offsets, (_, index) => storedEvent(content, index));
        const { last } = row;
        row = guarded(path, () => table.after(summary, last));
      }
    },
  };
}
