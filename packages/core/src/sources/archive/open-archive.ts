import { partitionKey, type PartitionId } from '../../model/log/partition-id.js';
import type {
  EventLog,
  LogDescription,
  OffsetRange,
  PartitionDescription,
  ReadRequest,
} from '../../model/log/event-log.js';
import type Database from 'better-sqlite3';
import { readArchiveIndex } from './archive-index.js';
import { guarded, openArchiveForReading } from './open-archive-database.js';
import { readHoles } from './partition-table.js';
import type { PartitionSummary } from './partition-summary.js';
import { damagedRange, logDamageOf, rangesWithout, readDamage, type ArchivedDamage } from './damaged-records.js';
import { readSegments, type SynchronousPageReader } from './read-segments.js';
import { segmentTable } from './segment-table.js';
import { moduleBeside } from '../log/module-beside.js';

/** An archive as an event log; everything answers at once. */
export interface ArchiveLog extends EventLog {
  describe(): LogDescription;
  read(request: ReadRequest): SynchronousPageReader;
  /**
   * The smallest range of offsets that holds all events of a partition with `from <= timestamp < to`, found in the index
   * by segment: it may hold others too. Null when there are none.
   */
  offsetsBetween(partition: PartitionId, from: number, to: number): OffsetRange | null;
}

/**
 * Opens an archive for reading. What it holds is fixed at the first look at it: events that are appended later are seen
 * by the next `describe`.
 * @throws RecoveryError `unreadable-archive` when it is missing, truncated or no archive, `archive-version-mismatch`
 *   when its format is of another version. Reading throws `corrupt-archive-segment`, naming partition and offsets, when
 *   a segment is not what was written.
 */
export function openArchive(path: string): ArchiveLog {
  const db = openArchiveForReading(path);
  const table = segmentTable(db, path);
  let known: ReadonlyMap<string, PartitionSummary> | null = null;
  let damage: readonly ArchivedDamage[] = [];

  function partitions(refresh: boolean): ReadonlyMap<string, PartitionSummary> {
    if (known === null || refresh) {
      known = new Map(readArchiveIndex(db, path).partitions.map((summary) => [partitionKey(summary), summary]));
      damage = readDamage(db);
    }
    return known;
  }

  function find(id: PartitionId): PartitionSummary | undefined {
    return partitions(false).get(partitionKey(id)) ?? partitions(true).get(partitionKey(id));
  }

  return {
    describe: () =>
      guarded(path, () =>
        db.transaction(() => {
          const summaries = [...partitions(true).values()];
          const found = logDamageOf(damage);
          return {
            kind: 'archive',
            location: path,
            partitions: describePartitions(db, path, summaries, damage),
            fingerprint: db.prepare('SELECT id FROM archive').pluck().get() as string,
            ...(found !== null && { damage: found }),
          };
        })(),
      ),
    read: (request) =>
      guarded(path, () => {
        const summary = find(request);
        if (summary === undefined) return noPages;
        // A range beyond what was known at the last look may have been appended since.
        const current = request.to > summary.end ? latest(request, summary) : summary;
        if (damage.length === 0) return readSegments(table, path, current, request);
        const { contradicted } = damagedRange(damage, current, readHoles(db, path, current));
        const parts = rangesWithout(request, contradicted).map((range) => ({ ...request, ...range }));
        return oneAfterTheOther(parts.map((part) => () => readSegments(table, path, current, part)));
      }),
    offsetsBetween: (id, from, to) =>
      guarded(path, () => {
        const summary = find(id);
        return summary === undefined ? null : offsetsBetween(db, summary, from, to);
      }),
    locator: { module: moduleBeside(import.meta.url, 'archive-module'), options: { path } },
    close: () => void db.close(),
  };

  function latest(id: PartitionId, otherwise: PartitionSummary): PartitionSummary {
    return partitions(true).get(partitionKey(id)) ?? otherwise;
  }
}

function oneAfterTheOther(open: readonly (() => SynchronousPageReader)[]): SynchronousPageReader {
  let index = 0;
  let reader: SynchronousPageReader | null = null;
  return {
    next() {
      for (; index < open.length; index++) {
        reader ??= open[index]?.() ?? noPages;
        const page = reader.next();
        if (page !== null) return page;
        reader.close();
        reader = null;
      }
      return null;
    },
    close() {
      reader?.close();
      reader = null;
      index = open.length;
    },
  };
}

const noPages: SynchronousPageReader = { next: () => null, close: () => undefined };

/** What the log's description says of each partition. */
export function describePartitions(
  db: Database.Database,
  path: string,
  summaries: readonly PartitionSummary[],
  damage: readonly ArchivedDamage[],
): readonly PartitionDescription[] {
  return summaries.map((summary) => describe(db, path, summary, damage));
}

function describe(
  db: Database.Database,
  path: string,
  summary: PartitionSummary,
  damage: readonly ArchivedDamage[],
): PartitionDescription {
  const { source, topic, incarnation, partition, beginning, events } = summary;
  const { from, next, holes, contradicted } = damagedRange(damage, summary, readHoles(db, path, summary));
  return {
    source,
    topic,
    incarnation,
    partition,
    beginning,
    range: { from, to: next },
    holes,
    events: events - contradicted.length,
    firstTime: summary.minTime,
    lastTime: summary.maxTime,
  };
}

function offsetsBetween(
  db: Database.Database,
  summary: PartitionSummary,
  from: number,
  to: number,
): OffsetRange | null {
  const found = db
    .prepare(
      `SELECT min(first_offset), max(last_offset) FROM segment
       WHERE partition_ref = ? AND min_time < ? AND max_time >= ?`,
    )
    .raw()
    .get(summary.ref, to, from) as [first: number | null, last: number | null];
  const [first, last] = found;
  return first === null || last === null ? null : { from: first, to: last + 1 };
}
