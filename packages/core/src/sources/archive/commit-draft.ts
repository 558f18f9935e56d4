import type Database from 'better-sqlite3';
import { hashSegment } from './hash-segment.js';
import { chain, chainHole, larger, smaller, type PartitionSummary } from './partition-summary.js';
import { writePartition } from './partition-table.js';
import type { PartitionDraft } from './partition-writer.js';
import { insertSegment } from './segment-table.js';

/** Writes one partition's draft inside the caller's transaction and gives its new summary. */
export function draftCommitter(db: Database.Database): (draft: PartitionDraft) => PartitionSummary {
  const insert = insertSegment(db);
  const insertHole = db.prepare('INSERT INTO hole (partition_ref, from_offset, to_offset, reason) VALUES (?, ?, ?, ?)');
  return (draft) => {
    let summary: PartitionSummary = {
      ...draft.summary,
      next: draft.next,
      repeated: draft.summary.repeated + draft.repeated,
    };
    for (const { row, sha256: made } of draft.segments) {
      if (row === null) throw new Error('a segment is still being packed');
      const sha256 = made ?? hashSegment(summary, row);
      insert(summary.ref, row, sha256);
      summary = {
        ...summary,
        first: summary.first ?? row.first,
        end: row.last + 1,
        events: summary.events + row.events,
        segments: summary.segments + 1,
        minTime: smaller(summary.minTime, row.minTime),
        maxTime: larger(summary.maxTime, row.maxTime),
        segmentChain: chain(summary.segmentChain, sha256),
      };
    }
    for (const hole of draft.holes) {
      insertHole.run(summary.ref, hole.from, hole.to, hole.reason);
      summary = { ...summary, holeChain: chainHole(summary.holeChain, hole) };
    }
    writePartition(db, summary);
    return summary;
  };
}
