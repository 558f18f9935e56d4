import type Database from 'better-sqlite3';
import { isRecoveryError, type RecoveryError } from '../../model/errors/recovery-error.js';
import { partitionKey } from '../../model/log/partition-id.js';
import { offsetsWithin } from '../../model/log/overlap.js';
import type { LogHole } from '../../model/log/event-log.js';
import type { LongWork } from '../../model/strategy/strategy.js';
import { readArchiveIndex } from './archive-index.js';
import { damagedArchive, unreadableArchive } from './archive-failures.js';
import { hashSegment } from './hash-segment.js';
import { guarded, openArchiveForReading } from './open-archive-database.js';
import { chain, larger, smaller, startOfChain, type PartitionSummary } from './partition-summary.js';
import { readHoles } from './partition-table.js';
import { contentOf, segmentsOf } from './read-segments.js';
import { readDamage, readRawBytes } from './damaged-records.js';
import { checkSegmentContent } from './check-segment-content.js';
import { segmentTable } from './segment-table.js';
import { timeRange } from './encode-segment.js';

export interface ArchiveVerification {
  readonly ok: boolean;
  readonly sealed: boolean;
  /** SHA-256 in hex over all that it holds. */
  readonly digest: string;
  readonly events: number;
  readonly segments: number;
  /** Values that are not JSON: kept exactly, and left to the poison policy of a replay. */
  readonly undecodable: number;
  /** What is wrong, at most one entry a partition. */
  readonly problems: readonly RecoveryError[];
}

/**
 * Reads everything: SQLite's own structure, the hash, order and content of every segment, the agreement of the
 * summaries, holes and counts with them. Yields to the caller between segments.
 * @throws RecoveryError `unreadable-archive`, `archive-version-mismatch` when there is nothing to verify; `interrupted`
 *   when it was stopped.
 */
export async function verifyArchive(path: string, work: LongWork = {}): Promise<ArchiveVerification> {
  const db = openArchiveForReading(path);
  try {
    const problems: RecoveryError[] = [];
    const structure = guarded(path, () => db.pragma('integrity_check(1)', { simple: true }));
    if (structure !== 'ok')
      problems.push(unreadableArchive(path, `SQLite finds its structure damaged: ${String(structure)}`));
    const counts = { events: 0, segments: 0, undecodable: 0 };
    const index = guarded(path, () => readArchiveIndex(db, path));
    const summaries = index.partitions;
    const total = summaries.reduce((sum, summary) => sum + summary.events, 0);
    for (const summary of summaries) {
      try {
        for (const step of verifyPartition(db, path, summary)) {
          counts.events += step.events;
          counts.segments++;
          counts.undecodable += step.undecodable;
          if (counts.segments % 64 === 0) await breathe(work, counts.events, total);
        }
      } catch (error) {
        if (!isRecoveryError(error) || error.code === 'interrupted') throw error;
        problems.push(error);
      }
    }
    problems.push(...guarded(path, () => strayRows(db, path, summaries)));
    problems.push(...guarded(path, () => changedBytes(db, path)));
    return {
      ok: problems.length === 0,
      sealed: index.sealed,
      digest: index.digest.toString('hex'),
      ...counts,
      problems,
    };
  } finally {
    db.close();
  }
}

interface VerifiedSegment {
  readonly events: number;
  readonly undecodable: number;
}

function* verifyPartition(db: Database.Database, path: string, summary: PartitionSummary): Generator<VerifiedSegment> {
  const holes = guarded(path, () => readHoles(db, path, summary));
  const rows = segmentsOf(segmentTable(db, path), path, summary, 0, Infinity);
  let found = {
    first: null as number | null,
    end: 0,
    events: 0,
    segments: 0,
    minTime: null as number | null,
    maxTime: null as number | null,
  };
  let links: Buffer = startOfChain;
  const wrong = (what: string): RecoveryError => damagedArchive(path, summary, summary.first, summary.end, what);
  for (;;) {
    const step = guarded(path, () => rows.next());
    if (step.done === true) break;
    const row = step.value;
    const content = contentOf(row, summary, path);
    const { problem, undecodable } = checkSegmentContent(content, holes);
    if (problem !== null) throw damagedArchive(path, summary, row.first, row.last + 1, problem);
    const { minTime, maxTime } = timeRange(content.times);
    if (minTime !== row.minTime || maxTime !== row.maxTime)
      throw wrong('the times of a segment are not those of its events');
    links = chain(links, hashSegment(summary, row));
    found = {
      first: found.first ?? row.first,
      end: row.last + 1,
      events: found.events + row.events,
      segments: found.segments + 1,
      minTime: smaller(found.minTime, row.minTime),
      maxTime: larger(found.maxTime, row.maxTime),
    };
    yield { events: row.events, undecodable };
  }
  if (!links.equals(summary.segmentChain)) throw wrong('its segments are not those that were written');
  for (const name of ['first', 'end', 'events', 'segments', 'minTime', 'maxTime'] as const) {
    if (found[name] !== summary[name])
      throw wrong(`its summary says ${name} ${summary[name]}, its segments ${found[name]}`);
  }
  const unexplained = gapsWithoutHole(summary, holes);
  if (unexplained !== 0) throw wrong(`${unexplained} offsets hold neither an event nor a known hole`);
}

/** Every offset between the first and the last event must be an event or in a hole. */
function gapsWithoutHole(summary: PartitionSummary, holes: readonly LogHole[]): number {
  if (summary.first === null) return 0;
  const { first, end } = summary;
  return end - first - offsetsWithin({ from: first, to: end }, holes) - summary.events;
}

/** Rows that no partition counts cannot have been written by us. */
function strayRows(
  db: Database.Database,
  path: string,
  summaries: readonly PartitionSummary[],
): readonly RecoveryError[] {
  const known = new Set(summaries.map((summary) => summary.ref));
  const distinct = new Set(summaries.map(partitionKey)).size;
  const refs = db
    .prepare('SELECT partition_ref FROM segment UNION SELECT partition_ref FROM hole')
    .pluck()
    .all() as number[];
  const strays = refs.filter((ref) => !known.has(ref)).length + (summaries.length - distinct);
  return strays === 0 ? [] : [unreadableArchive(path, 'it holds segments that belong to no partition')];
}

/** Raw bytes of damaged records that are not those that were kept. */
function changedBytes(db: Database.Database, path: string): readonly RecoveryError[] {
  const lost = readDamage(db).filter((record) => record.raw !== null && readRawBytes(db, record) === null);
  return lost.length === 0
    ? []
    : [unreadableArchive(path, `the kept bytes of ${lost.length} damaged records do not match their hash`)];
}

async function breathe(work: LongWork, done: number, total: number): Promise<void> {
  work.onProgress?.({ phase: 'verify', done, total, quarantined: 0 });
  await new Promise((resolve) => setImmediate(resolve));
  work.signal?.throwIfAborted();
}
