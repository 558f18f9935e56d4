import type { Offset } from '../../model/event/offset.js';
import type { LogHole } from '../../model/log/event-log.js';
import { describedDamage, type DamagedRecord, type LogDamage } from '../../model/log/log-damage.js';
import type { PartitionId } from '../../model/log/partition-id.js';
import { newPartitionTable, type PartitionTable } from '../../model/log/partition-table.js';
import { damageKindOf } from '../rows/damage-kind.js';
import type { DamageLimits } from '../rows/damage-limits.js';
import { reasonOfDamage } from '../rows/damaged-rows.js';
import type { DamagedRow } from '../rows/row-source.js';
import type { MappedEvent } from '../rows/event-mapping.js';
import { describeRowPlace, type RowPlace } from '../rows/row-source.js';
import type { DamagedEvent } from './event-cursor.js';
import { overlayDamage, pushHole } from '../log/overlay-damage.js';
import { newPartitionScan, type PartitionScan } from './partition-scan.js';
import { contradiction } from './repeated-events.js';

/** Gathers what cannot be read while files are scanned. */
export interface DamageScan {
  /** A row that cannot be read, counted already. @param scans as they stand in front of it */
  addRow(damaged: DamagedEvent, scans: readonly PartitionScan[]): void;
  /** Two rows that say different things of one offset. */
  addContradiction(event: MappedEvent, first: RowPlace, second: RowPlace): void;
  /** Puts holes where the damaged events are, and tells of all of them. Once, when everything is scanned. */
  settle(table: PartitionTable<PartitionScan>): LogDamage | null;
}

interface UnplacedRow {
  readonly record: DamagedRecord;
  /** Next offset of each partition in front of the row. */
  readonly next: readonly Offset[];
}

interface DamagedPartition extends PartitionId {
  readonly offsets: Set<Offset>;
}

/** @param limits in which the rows were counted, and contradictions are */
export function newDamageScan(limits: DamageLimits): DamageScan {
  const partitions = newPartitionTable<DamagedPartition>();
  const described: DamagedRecord[] = [];
  const unplaced: UnplacedRow[] = [];

  function describe(record: DamagedRecord): void {
    if (described.length < describedDamage) described.push(record);
  }

  function mark({ source, topic, incarnation, partition }: PartitionId, offset: Offset): void {
    const id = { source, topic, incarnation, partition };
    let entry = partitions.get(id);
    if (entry === undefined) partitions.add((entry = { ...id, offsets: new Set() }));
    entry.offsets.add(offset);
  }

  return {
    addRow({ row, identity }, scans) {
      const record = recordOf(row, identity);
      describe(record);
      if (identity !== null) mark(identity, identity.offset);
      else unplaced.push({ record, next: scans.map((scan) => scan.next) });
    },
    addContradiction(event, one, other) {
      const { topic, partition, offset } = event;
      if (partitions.get(event)?.offsets.has(offset) === true) return; // a third copy, or a row that was not readable either
      const places = [describeRowPlace(one), describeRowPlace(other)];
      const at = { topic, partition, from: offset, to: offset + 1 };
      limits.add(contradiction(event, one, other), true);
      describe({ kind: 'contradiction', at, places, reason: 'is there twice with different content' });
      mark(event, offset);
    },
    settle(table) {
      if (limits.count === 0) return null;
      for (const damaged of partitions.entries) {
        let scan = table.get(damaged);
        if (scan === undefined) {
          const offset = Math.min(...damaged.offsets);
          table.add((scan = newPartitionScan({ ...damaged, offset })));
        }
        digHoles(scan, damaged.offsets);
      }
      placeRows(unplaced, table.entries);
      return { records: limits.count, described };
    },
  };
}

function recordOf(row: DamagedRow, identity: DamagedEvent['identity']): DamagedRecord {
  const at =
    identity === null
      ? null
      : {
          topic: identity.topic,
          partition: identity.partition,
          from: identity.offset,
          to: identity.offset + 1,
        };
  return { kind: damageKindOf(row.error), at, places: [describeRowPlace(row.place)], reason: reasonOfDamage(row) };
}

/** Makes holes of damaged offsets: what the files say there is not handed out. */
function digHoles(scan: PartitionScan, offsets: ReadonlySet<Offset>): void {
  const { from, next, holes, contradicted } = overlayDamage(scan, offsets);
  scan.from = from;
  scan.next = next;
  scan.events -= contradicted.length;
  scan.holes.splice(0, scan.holes.length, ...holes);
}

/**
 * Rows that do not tell where they belong. Offsets rise without a jump where nothing is missing, so such a row stands in a
 * gap around it, or behind the last event of a partition. Where the gaps are as large as the rows are many, they are it;
 * else any partition may have lost its last event, and each that may have gets a damaged offset at its end.
 */
function placeRows(rows: readonly UnplacedRow[], scans: readonly PartitionScan[]): void {
  if (rows.length === 0) return;
  const gaps = new Map<LogHole, { readonly scan: PartitionScan }>();
  const ends = new Set<PartitionScan>();
  for (const { next } of rows) {
    scans.forEach((scan, index) => {
      const at = next[index];
      if (at === undefined) return; // its first event stands behind the row, which may have been an earlier one
      if (at >= scan.next) ends.add(scan);
      const gap = scan.holes.find((hole) => hole.from === at && hole.reason === 'missing');
      if (gap !== undefined) gaps.set(gap, { scan });
    });
  }
  const missed = [...gaps.keys()].reduce((sum, { from, to }) => sum + to - from, 0);
  if (missed === rows.length && missed > 0) {
    for (const [gap, { scan }] of gaps) scan.holes[scan.holes.indexOf(gap)] = { ...gap, reason: 'damaged' };
    return;
  }
  const [single] = scans;
  for (const scan of ends.size > 0 ? ends : scans) {
    const lost = scans.length === 1 && scan === single ? Math.max(1, rows.length - missed) : 1;
    pushHole(scan.holes, scan.next, scan.next + lost, 'damaged');
    scan.next += lost;
  }
}
