import { createHash } from 'node:crypto';
import type { PartitionId } from '../../model/log/partition-id.js';
import { segmentHashVersion } from './archive-format.js';
import { partitionIdentity, type SegmentRow } from './segment-row.js';

/**
 * SHA-256 over all columns of a segment and whose it is. The numbers, and the length of every packed column (-1 for one
 * that is not there), go first as a JSON text, so that no two segments give the same bytes.
 */
export function hashSegment(partition: PartitionId, row: SegmentRow): Buffer {
  const packed = [
    row.offsets,
    row.times,
    row.timeTypes,
    row.keys,
    row.binaryKeys,
    row.headers,
    row.valueLengths,
    row.valueBytes,
  ];
  const head = JSON.stringify([
    segmentHashVersion,
    ...partitionIdentity(partition),
    row.sequence,
    row.previousNext,
    row.first,
    row.last,
    row.events,
    row.minTime,
    row.maxTime,
    row.valueForm,
    ...packed.map((column) => (column === null ? -1 : column.length)),
  ]);
  const hash = createHash('sha256').update(head);
  for (const column of packed) if (column !== null && column.length > 0) hash.update(column);
  return hash.digest();
}
