import type { Offset } from '../../model/event/offset.js';
import type { MappedEvent } from '../rows/event-mapping.js';
import { newPartitionTable } from '../../model/log/partition-table.js';
import type { PartitionId } from '../../model/log/partition-id.js';
import type { EventBatch, EventCursor } from './event-cursor.js';

/** What a stream holds ready of one partition: for a reader, or for one that may still come. */
export interface StreamLane extends PartitionId {
  /** All events from this offset on come behind the place where the stream began. */
  readonly start: Offset;
  /** Events below are not wanted, or were handed on already. */
  wanted: Offset;
  to: Offset;
  /** Offsets whose events are not handed out, since what the files say of them cannot be believed; null for none. */
  readonly damaged: ReadonlySet<Offset> | null;
  readonly queue: MappedEvent[];
  /** Bytes of the rows that the queued events were made of, about. */
  readonly weights: number[];
  weight: number;
  claimed: boolean;
  /** Null when the stream has left this lane behind because nobody took its events; what is queued stays good. */
  stream: SharedStream | null;
}

/**
 * Goes over the files once for the readers of several partitions, whose events usually stand mixed in them: each row is
 * parsed once and put where its reader finds it. A lane that grows beyond its bound is left behind.
 */
export interface SharedStream {
  /** Reads on by one batch and hands its events out; false at the end of the files. */
  advance(): boolean | Promise<boolean>;
  /** The lane of a partition, if it holds everything from an offset on and nobody has claimed it. */
  claim(id: PartitionId, from: Offset, to: Offset): StreamLane | null;
  release(lane: StreamLane): void;
  /** Ends, unless somebody reads here: what it holds ready is read again elsewhere. */
  abandonUnclaimed(): void;
  /** Rows of all files that lie behind it. */
  readonly rowsPassed: number;
  close(): void;
}

/** Bytes of rows that one lane may hold: all of them together stay within the budget, but for very many partitions. */
export function laneBudget(bufferBytes: number, lanes: number): number {
  return Math.max(64 * 1024, Math.floor(bufferBytes / Math.max(1, lanes)));
}

/** Takes up to so many events from the front, but stops when they weigh more than `bytes`. */
export function takeFromLane(lane: StreamLane, count: number, bytes: number): MappedEvent[] {
  let taken = 0;
  let weight = 0;
  while (taken < Math.min(count, lane.queue.length) && (taken === 0 || weight < bytes))
    weight += lane.weights[taken++] ?? 0;
  return dropFromLane(lane, taken);
}

function dropFromLane(lane: StreamLane, count: number): MappedEvent[] {
  for (const weight of lane.weights.splice(0, count)) lane.weight -= weight;
  return lane.queue.splice(0, count);
}

export function openSharedStream(
  cursor: EventCursor,
  rowsBefore: number,
  lanes: readonly StreamLane[],
  budget: number,
  onAbandoned: () => void,
): SharedStream {
  const table = newPartitionTable(lanes);
  const dirty = new Set<StreamLane>();
  let pending: Promise<boolean> | null = null;
  let abandoned = false;
  let rowsPassed = rowsBefore;

  function handOut(batch: EventBatch | null): boolean {
    if (batch === null) return false;
    rowsPassed += batch.events.length;
    const weight = Math.ceil(batch.bytes / batch.events.length);
    for (const event of batch.events) {
      const lane = table.get(event);
      // Below what is wanted: events in front of the range, and second copies of one that was handed out.
      if (lane === undefined || event.offset < lane.wanted || event.offset >= lane.to) continue;
      if (lane.damaged?.has(event.offset) === true) continue;
      lane.queue.push(event);
      lane.weights.push(weight);
      lane.weight += weight;
      lane.wanted = event.offset + 1;
      dirty.add(lane);
    }
    for (const lane of dirty) if (lane.weight > budget) release(lane);
    dirty.clear();
    return true;
  }

  function release(lane: StreamLane): void {
    if (lane.stream !== stream) return;
    lane.stream = null;
    table.delete(lane);
    // What is held ready for a reader to come stays good, within its bound: lanes may be read one after the other.
    if (table.entries.length === 0) abandon();
  }

  function abandon(): void {
    if (abandoned) return;
    abandoned = true;
    cursor.close();
    onAbandoned();
  }

  const stream: SharedStream = {
    advance() {
      // Two readers may wait for the same batch.
      if (pending !== null) return pending;
      const batch = cursor.next();
      if (!(batch instanceof Promise)) return handOut(batch);
      return (pending = batch.then(handOut).finally(() => (pending = null)));
    },
    claim(id, from, to) {
      const lane = table.get(id);
      if (lane === undefined || lane.claimed || lane.start > from) return null;
      lane.claimed = true;
      lane.to = to;
      const begin = lane.queue.findIndex((event) => event.offset >= from);
      dropFromLane(lane, begin < 0 ? lane.queue.length : begin);
      const end = lane.queue.findIndex((event) => event.offset >= to);
      if (end >= 0) {
        lane.queue.splice(end);
        for (const weight of lane.weights.splice(end)) lane.weight -= weight;
      }
      lane.wanted = Math.max(lane.wanted, from);
      return lane;
    },
    release,
    abandonUnclaimed() {
      if (!table.entries.some((lane) => lane.claimed)) abandon();
    },
    get rowsPassed() {
      return rowsPassed;
    },
    close: () => cursor.close(),
  };
  for (const lane of lanes) lane.stream = stream;
  return stream;
}
