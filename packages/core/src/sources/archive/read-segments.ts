import type { EventPage } from '../../model/log/event-page.js';
import type { PageReader, ReadRequest } from '../../model/log/event-log.js';
import type { PartitionId } from '../../model/log/partition-id.js';
import { damagedArchive } from './archive-failures.js';
import { guarded } from './open-archive-database.js';
import type { PartitionSummary } from './partition-summary.js';
import { segmentContent, segmentPage, type SegmentContent } from './segment-content.js';
import { segmentForThreads } from './segment-for-threads.js';
import type { SegmentRow } from './segment-row.js';
import type { SegmentTable } from './segment-table.js';

/** A reader whose pages are there at once. */
export interface SynchronousPageReader extends PageReader {
  next(): EventPage | null;
}

/**
 * Reads a range of a partition, one page a segment.
 * @throws RecoveryError `corrupt-archive-segment` from `next` for a damaged segment.
 */
export function readSegments(
  table: SegmentTable,
  path: string,
  partition: PartitionSummary,
  request: ReadRequest,
): SynchronousPageReader {
  const rows = segmentsOf(table, path, partition, request.from, request.to);
  return {
    next: () =>
      guarded(path, () => {
        for (;;) {
          const row = rows.next().value;
          if (row === undefined) return null;
          const page = pageOf(row, partition, path, request);
          if (page.count > 0) return page; // the range may lie in a gap of the segment
        }
      }),
    close: () => void rows.return(undefined),
  };
}

/**
 * The segments that overlap a range. Besides its hash each must continue the one before it, and one must come as long as
 * the partition has events in the range, so that a damaged index cannot hide a segment.
 */
export function* segmentsOf(
  table: SegmentTable,
  path: string,
  partition: PartitionSummary,
  from: number,
  to: number,
): Generator<SegmentRow, undefined> {
  const end = Math.min(to, partition.end);
  let reached = from;
  let before: SegmentRow | null = null;
  while (reached < end) {
    const row: SegmentRow | null = before === null ? table.at(partition, from) : table.after(partition, before.last);
    if (row === null || !continues(before, row, from)) {
      throw damagedArchive(path, partition, reached, end, 'a segment is missing');
    }
    if (row.first >= to) return;
    yield row;
    before = row;
    reached = row.last + 1;
  }
}

function continues(before: SegmentRow | null, row: SegmentRow, from: number): boolean {
  return before === null
    ? row.previousNext <= from
    : row.sequence === before.sequence + 1 && row.previousNext === before.last + 1;
}

function pageOf(row: SegmentRow, partition: PartitionSummary, path: string, request: ReadRequest): EventPage {
  const content = contentOf(row, partition, path);
  const from = row.first >= request.from ? 0 : firstAtOrAfter(content.offsets, request.from);
  const to = row.last < request.to ? row.events : firstAtOrAfter(content.offsets, request.to);
  return segmentPage(content, from, to, {
    broken: () => contradictory(row, partition, path),
    forThreads: () => segmentForThreads({ row, from, to, path, partition }),
  });
}

/**
 * @throws RecoveryError `corrupt-archive-segment` when the columns contradict each other, which only a defect of the
 *   writer can cause.
 */
export function contentOf(row: SegmentRow, partition: PartitionId, path: string): SegmentContent {
  const content = segmentContent(row);
  if (content === null) throw contradictory(row, partition, path);
  return content;
}

/** For columns of a segment that do not fit together. */
export function contradictory(row: SegmentRow, partition: PartitionId, path: string): Error {
  return damagedArchive(path, partition, row.first, row.last + 1, 'the columns of the segment contradict each other');
}

function firstAtOrAfter(offsets: Float64Array, offset: number): number {
  let low = 0;
  let high = offsets.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((offsets[middle] ?? 0) < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}
