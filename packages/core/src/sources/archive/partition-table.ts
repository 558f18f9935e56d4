import type Database from 'better-sqlite3';
import type { HoleReason, LogHole } from '../../model/log/event-log.js';
import { comparePartitions, type PartitionId } from '../../model/log/partition-id.js';
import { damagedArchive } from './archive-failures.js';
import { chainHole, hashSummary, isSameHash, startOfChain, type PartitionSummary } from './partition-summary.js';

interface PartitionRow extends PartitionId {
  readonly ref: number;
  readonly beginning: number;
  readonly first_offset: number | null;
  readonly end_offset: number;
  readonly next_offset: number;
  readonly events: number;
  readonly repeated: number;
  readonly segments: number;
  readonly min_time: number | null;
  readonly max_time: number | null;
  readonly segment_chain: Buffer;
  readonly hole_chain: Buffer;
  readonly sha256: Buffer;
}

/**
 * All partitions, sorted by `comparePartitions`.
 * @throws RecoveryError `corrupt-archive-segment` when a row does not match its hash.
 */
export function readPartitions(db: Database.Database, path: string): readonly PartitionSummary[] {
  const rows = db.prepare('SELECT * FROM partition').all() as PartitionRow[];
  const summaries = rows.map((row) => {
    const summary = summaryOf(row);
    const chains: readonly unknown[] = [row.segment_chain, row.hole_chain];
    if (chains.every(Buffer.isBuffer) && isSameHash(hashSummary(summary), row.sha256)) return summary;
    throw damagedArchive(path, summary, null, null, 'what the archive says of this partition does not match its hash');
  });
  return summaries.sort(comparePartitions);
}

/**
 * The holes of a partition in order.
 * @throws RecoveryError `corrupt-archive-segment` when they are not those that were written.
 */
export function readHoles(db: Database.Database, path: string, partition: PartitionSummary): readonly LogHole[] {
  const holes = db
    .prepare('SELECT from_offset, to_offset, reason FROM hole WHERE partition_ref = ? ORDER BY from_offset')
    .raw()
    .all(partition.ref) as [from: number, to: number, reason: HoleReason][];
  const found = holes.map(([from, to, reason]): LogHole => ({ from, to, reason }));
  let links: Buffer = startOfChain;
  for (const hole of found) links = chainHole(links, hole);
  if (isSameHash(links, partition.holeChain)) return found;
  throw damagedArchive(path, partition, null, null, 'its known holes do not match their hash');
}

export function writePartition(db: Database.Database, summary: PartitionSummary): void {
  db.prepare(
    `INSERT INTO partition VALUES (:ref, :source, :topic, :incarnation, :partition, :beginning, :first, :end, :next, :events,
       :repeated, :segments, :minTime, :maxTime, :segmentChain, :holeChain, :sha256)
     ON CONFLICT (ref) DO UPDATE SET beginning = :beginning, first_offset = :first, end_offset = :end,
       next_offset = :next, events = :events,
       repeated = :repeated, segments = :segments, min_time = :minTime, max_time = :maxTime,
       segment_chain = :segmentChain, hole_chain = :holeChain, sha256 = :sha256`,
  ).run({ ...summary, sha256: hashSummary(summary) });
}

function summaryOf(row: PartitionRow): PartitionSummary {
  return {
    ref: row.ref,
    source: row.source,
    topic: row.topic,
    incarnation: row.incarnation,
    partition: row.partition,
    beginning: row.beginning,
    first: row.first_offset,
    end: row.end_offset,
    next: row.next_offset,
    events: row.events,
    repeated: row.repeated,
    segments: row.segments,
    minTime: row.min_time,
    maxTime: row.max_time,
    segmentChain: row.segment_chain,
    holeChain: row.hole_chain,
  };
}
