import type { Offset } from '../../model/event/offset.js';
import { RecoveryError } from '../../model/errors/recovery-error.js';
import type { MappedEvent } from '../rows/event-mapping.js';
import { describeRowPlace, type RowPlace } from '../rows/row-source.js';
import type { LogHole } from '../../model/log/event-log.js';
import { describePartition, type PartitionId } from '../../model/log/partition-id.js';

/** What a scan learns of one partition. Plain JSON, so that another thread can take it over. */
export interface PartitionScan extends PartitionId {
  from: Offset;
  /** Behind the last event. */
  next: Offset;
  events: number;
  repeated: number;
  firstTime: number | null;
  lastTime: number | null;
  readonly holes: LogHole[];
}

export function newPartitionScan(event: PartitionId & { readonly offset: Offset }): PartitionScan {
  const { source, topic, incarnation, partition, offset } = event;
  const empty = { events: 0, repeated: 0, firstTime: null, lastTime: null, holes: [] };
  return { source, topic, incarnation, partition, from: offset, next: offset, ...empty };
}

/**
 * Takes one event into the account of its partition. `repeat` is an offset that was there already: whether with the
 * same content is for the caller to find out.
 * @throws RecoveryError `offsets-out-of-order` when the offset falls to one that was not there.
 */
export function scanEvent(scan: PartitionScan, event: MappedEvent, place: () => RowPlace): 'new' | 'repeat' {
  const { offset, time } = event;
  if (offset < scan.next) {
    if (!wasThere(scan, offset)) throw outOfOrder(scan, offset, place());
    return 'repeat';
  }
  if (offset > scan.next) scan.holes.push({ from: scan.next, to: offset, reason: 'missing' });
  scan.next = offset + 1;
  scan.events++;
  if (!Number.isNaN(time)) {
    if (scan.firstTime === null || time < scan.firstTime) scan.firstTime = time;
    if (scan.lastTime === null || time > scan.lastTime) scan.lastTime = time;
  }
  return 'new';
}

/** Takes the offset of a row into the account that cannot be read, where offsets are assigned and so follow the rows. */
export function scanDamaged(scan: PartitionScan, offset: Offset): void {
  if (offset < scan.next) return;
  scan.holes.push({ from: scan.next, to: offset + 1, reason: 'missing' });
  scan.next = offset + 1;
}

function wasThere(scan: PartitionScan, offset: Offset): boolean {
  if (offset < scan.from) return false;
  let low = 0;
  let high = scan.holes.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((scan.holes[middle]?.to ?? 0) <= offset) low = middle + 1;
    else high = middle;
  }
  const hole = scan.holes[low];
  return hole === undefined || offset < hole.from;
}

function outOfOrder(scan: PartitionScan, offset: Offset, place: RowPlace): RecoveryError {
  return new RecoveryError(
    'offsets-out-of-order',
    `${describeRowPlace(place)}: ${describePartition(scan)}@${offset} comes after @${scan.next - 1}`,
    {
      hint:
        'files that are read directly must have the offsets of each partition in rising order; name the files in the ' +
        'right order, or put the events in order with: eventmend archive import',
      details: { ...place, partition: scan.partition, offset: String(offset), after: String(scan.next - 1) },
    },
  );
}
