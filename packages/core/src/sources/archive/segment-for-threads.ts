import type { PageForThreads } from '../../model/log/event-page.js';
import type { PartitionId } from '../../model/log/partition-id.js';
import { moduleBeside } from '../log/module-beside.js';
import { valueForms } from './archive-format.js';
import type { SegmentRow } from './segment-row.js';

/** A page of a segment whose hash was checked, as it crosses threads. */
export interface SegmentSlice {
  /** Its blobs arrive as plain `Uint8Array`s. */
  readonly row: SegmentRow;
  readonly from: number;
  readonly to: number;
  /** For the error about a segment that contradicts itself. */
  readonly path: string;
  readonly partition: PartitionId;
}

const module = moduleBeside(import.meta.url, 'segment-page-module');

/**
 * How another thread makes a page of a segment: of the same bytes, where values stand in columns, which are objects at once.
 * Null where values are text: parsing them here is what spares the other thread most.
 */
export function segmentForThreads({ row, from, to, path, partition }: SegmentSlice): PageForThreads | null {
  if (row.valueForm !== valueForms.columns) return null;
  const { source, topic, incarnation, partition: number } = partition;
  const id = { source, topic, incarnation, partition: number };
  const blobs = Object.values(row).filter((value): value is Buffer => Buffer.isBuffer(value) && value.length > 0);
  return {
    module,
    data: { row, from, to, path, partition: id } satisfies SegmentSlice,
    // Each blob that SQLite gives lies in memory of its own.
    transfer: blobs.flatMap(({ buffer, length }) =>
      buffer instanceof ArrayBuffer && buffer.byteLength === length ? [buffer] : [],
    ),
  };
}
