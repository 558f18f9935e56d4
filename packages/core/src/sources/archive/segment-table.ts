import type Database from 'better-sqlite3';
import { damagedArchive } from './archive-failures.js';
import { hashSegment } from './hash-segment.js';
import { isSameHash, type PartitionSummary } from './partition-summary.js';
import { segmentColumns, segmentRow, type RawSegment, type SegmentRow } from './segment-row.js';

/** Reads segments; each is checked against its hash before anything else looks at it. */
export interface SegmentTable {
  /** The segment with the offset in it, or else the next one behind it. */
  at(partition: PartitionSummary, offset: number): SegmentRow | null;
  /** The first segment that begins behind the offset. */
  after(partition: PartitionSummary, offset: number): SegmentRow | null;
}

interface HashedSegment {
  readonly row: SegmentRow;
  readonly sha256: Buffer;
}

export function segmentTable(db: Database.Database, path: string): SegmentTable {
  const upTo = db
    .prepare(
      `SELECT ${segmentColumns} FROM segment WHERE partition_ref = ? AND first_offset <= ? ORDER BY first_offset DESC LIMIT 1`,
    )
    .raw();
  const behind = db
    .prepare(
      `SELECT ${segmentColumns} FROM segment WHERE partition_ref = ? AND first_offset > ? ORDER BY first_offset LIMIT 1`,
    )
    .raw();
  const after = (partition: PartitionSummary, offset: number): SegmentRow | null => {
    const raw = behind.get(partition.ref, offset) as RawSegment | undefined;
    return raw === undefined ? null : checkedSegment(raw, partition, path).row;
  };
  return {
    after,
    at(partition, offset) {
      const raw = upTo.get(partition.ref, offset) as RawSegment | undefined;
      const found = raw === undefined ? null : checkedSegment(raw, partition, path).row;
      return found !== null && found.last >= offset ? found : after(partition, found?.last ?? offset);
    },
  };
}

/** @throws RecoveryError `corrupt-archive-segment` when the segment is not what was written. */
function checkedSegment(raw: RawSegment, partition: PartitionSummary, path: string): HashedSegment {
  const row = segmentRow(raw);
  const sha256 = hashSegment(partition, row);
  if (isSameHash(sha256, raw[16])) return { row, sha256 };
  throw damagedArchive(path, partition, row.first, row.last + 1, 'the segment does not match its hash');
}

export function insertSegment(db: Database.Database): (ref: number, row: SegmentRow, sha256: Buffer) => void {
  const places = new Array<string>(18).fill('?').join(', ');
  const insert = db.prepare(`INSERT INTO segment (partition_ref, ${segmentColumns}) VALUES (${places})`);
  return (ref, row, sha256) => {
    insert.run(
      ref,
      row.sequence,
      row.previousNext,
      row.first,
      row.last,
      row.events,
      row.minTime,
      row.maxTime,
      row.valueForm,
      row.offsets,
      row.times,
      row.timeTypes,
      row.keys,
      row.binaryKeys,
      row.headers,
      row.valueLengths,
      row.valueBytes,
      sha256,
    );
  };
}
