import type Database from 'better-sqlite3';
import { encodeSegment } from './encode-segment.js';
import { hashSegment } from './hash-segment.js';
import { chain, chainHole, larger, smaller, type PartitionSummary } from './partition-summary.js';
import { writePartition } from './partition-table.js';
import type { PartitionDraft } from './partition-writer.js';
import type { PendingEvents } from './pending-events.js';
import { insertSegment } from './segment-table.js';

/** Events of a segment, about: enough that parsing dominates, few enough that a page stays small. */
const segmentEvents = 500;

/** A segment is closed early at this size of keys and values. */
const segmentBytes = 1024 * 1024;

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
    for (const [from, to] of cutIntoSegments(draft.pending)) {
      const row = encodeSegment(draft.pending, from, to, summary.segments, summary.first === null ? -1 : summary.end);
      const sha256 = hashSegment(summary, row);
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

/** Ranges of indexes of about equal length, so that a commit does not end with a tiny segment. */
export function cutIntoSegments(pending: PendingEvents): readonly (readonly [from: number, to: number])[] {
  const count = pending.offsets.length;
  const length = Math.ceil(count / Math.max(1, Math.round(count / segmentEvents)));
  const cuts: [from: number, to: number][] = [];
  let from = 0;
  let bytes = 0;
  for (let i = 0; i < count; i++) {
    const size = (pending.values[i]?.length ?? 0) + (pending.keys[i]?.length ?? 0);
    if (i > from && (i - from === length || bytes + size > segmentBytes)) {
      cuts.push([from, i]);
      from = i;
      bytes = 0;
    }
    bytes += size;
  }
  if (from < count) cuts.push([from, count]);
  return cuts;
}
