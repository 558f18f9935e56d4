import { parseOffset, type Offset } from '../../model/event/offset.js';
import { RecoveryError } from '../../model/errors/recovery-error.js';
import { decodeStoredValues, storedValueBytes, type StoredValue } from '../../model/log/decode-value.js';
import { detectLogGaps } from './detect-log-gaps.js';
import type {
  EventLog,
  LogDescription,
  LogHole,
  OffsetRange,
  PageReader,
  PartitionDescription,
  ReadRequest,
} from '../../model/log/event-log.js';
import { EventPage, type EventHeaders } from '../../model/log/event-page.js';
import { comparePartitions, describePartition, type PartitionId } from '../../model/log/partition-id.js';
import { newPartitionTable } from '../../model/log/partition-table.js';

/** One event of a log in memory. `value` is plain JSON data; without it the event is a tombstone. */
export interface MemoryEvent {
  readonly topic?: string;
  readonly incarnation?: string;
  readonly partition?: number;
  readonly offset: Offset;
  /** Milliseconds; without it (or null, or NaN) the event has none. */
  readonly time?: number | null;
  readonly key?: string | null;
  /** For a key that is not UTF-8. */
  readonly keyBytes?: Uint8Array;
  readonly headers?: EventHeaders | null;
  readonly value?: unknown;
  /** The value as it would stand in a log, instead of `value`: text or bytes that need not be JSON. */
  readonly stored?: StoredValue;
}

/** What a log in memory says of a partition beyond its events. */
interface MemoryPartition {
  readonly topic?: string;
  readonly incarnation?: string;
  readonly partition: number;
  /** 0 by default. */
  readonly beginning?: Offset;
  /** From the first to behind the last event by default. */
  readonly range?: OffsetRange;
  /** Known reasons for absent offsets; all others are `missing`. */
  readonly holes?: readonly LogHole[];
}

export interface MemoryLogOptions {
  readonly source?: string;
  /** Topic of events and partitions that name none, `events` by default. */
  readonly topic?: string;
  /** Partitions with something to say, or without events. */
  readonly partitions?: readonly MemoryPartition[];
  /** In any order; exact repeats of an offset are dropped and counted. */
  readonly events?: readonly MemoryEvent[];
  /** Events of a page, 1,000 by default. */
  readonly pageSize?: number;
  readonly fingerprint?: string | null;
}

interface Lane extends PartitionId {
  readonly events: StoredEvent[];
  declared: MemoryPartition | null;
  repeated: number;
}

interface StoredEvent {
  readonly offset: Offset;
  readonly time: number;
  readonly key: string | null;
  readonly keyBytes: Uint8Array | null;
  readonly headers: EventHeaders | null;
  readonly stored: StoredValue;
}

/**
 * A log in this thread's memory; describing and reading it is synchronous.
 * @throws RecoveryError `conflicting-events` when two events claim one offset with different content, `invalid-field`
 *   for an impossible offset.
 */
export function createMemoryLog(options: MemoryLogOptions): EventLog {
  const lanes = fillLanes(options);
  const pageSize = options.pageSize ?? 1000;
  const description: LogDescription = {
    kind: 'memory',
    location: 'memory',
    partitions: [...lanes.entries].sort(comparePartitions).map(describeLane),
    fingerprint: options.fingerprint ?? null,
  };
  return {
    describe: () => description,
    read: (request) => readLane(lanes.get(request)?.events ?? [], request, pageSize),
    close: () => undefined,
  };
}

function fillLanes(options: MemoryLogOptions): ReturnType<typeof newPartitionTable<Lane>> {
  const lanes = newPartitionTable<Lane>();
  const laneOf = (of: MemoryEvent | MemoryPartition): Lane => {
    const id: PartitionId = {
      source: options.source ?? 'memory',
      topic: of.topic ?? options.topic ?? 'events',
      incarnation: of.incarnation ?? '',
      partition: of.partition ?? 0,
    };
    const known = lanes.get(id);
    if (known !== undefined) return known;
    const lane: Lane = { ...id, events: [], declared: null, repeated: 0 };
    lanes.add(lane);
    return lane;
  };
  for (const partition of options.partitions ?? []) laneOf(partition).declared = partition;
  for (const event of options.events ?? []) laneOf(event).events.push(storeEvent(event));
  for (const lane of lanes.entries) dropRepeats(lane);
  return lanes;
}

function storeEvent(event: MemoryEvent): StoredEvent {
  const fromValue = event.value === undefined ? null : JSON.stringify(event.value);
  return {
    offset: parseOffset(event.offset, 'the offset of an event'),
    time: event.time ?? NaN,
    key: event.key ?? null,
    keyBytes: event.keyBytes ?? null,
    headers: event.headers ?? null,
    stored: event.stored === undefined ? fromValue : event.stored,
  };
}

function dropRepeats(lane: Lane): void {
  lane.events.sort((a, b) => a.offset - b.offset);
  const kept: StoredEvent[] = [];
  for (const event of lane.events) {
    const last = kept.at(-1);
    if (last?.offset !== event.offset) kept.push(event);
    else if (contentOf(last) === contentOf(event)) lane.repeated++;
    else {
      throw new RecoveryError(
        'conflicting-events',
        `${describePartition(lane)}@${event.offset} is there twice with different content`,
        {
          hint: 'which of them is right is not for a recovery to guess',
          details: { partition: lane.partition, offset: String(event.offset) },
        },
      );
    }
  }
  // Not as arguments of one call: there may be more than a call takes.
  lane.events.length = 0;
  for (const event of kept) lane.events.push(event);
}

function contentOf({ time, key, keyBytes, headers, stored }: StoredEvent): string {
  const bytes = (value: Uint8Array | null): string | null =>
    value === null ? null : Buffer.from(value).toString('base64');
  return JSON.stringify([time, key, bytes(keyBytes), headers, typeof stored === 'string' ? [stored] : bytes(stored)]);
}

function describeLane(lane: Lane): PartitionDescription {
  const { source, topic, incarnation, partition, events, declared } = lane;
  const from = events[0]?.offset ?? declared?.range?.from ?? declared?.beginning ?? 0;
  const to = (events.at(-1)?.offset ?? from - 1) + 1;
  const range = declared?.range ?? { from, to };
  const times = events.map((event) => event.time).filter((time) => !Number.isNaN(time));
  return {
    source,
    topic,
    incarnation,
    partition,
    beginning: declared?.beginning ?? 0,
    range,
    holes: detectLogGaps(
      range,
      events.map((event) => event.offset),
      declared?.holes,
    ),
    events: events.length,
    firstTime: times.reduce<number | null>((least, time) => (least === null || time < least ? time : least), null),
    lastTime: times.reduce<number | null>((most, time) => (most === null || time > most ? time : most), null),
    repeated: lane.repeated,
  };
}

function readLane(events: readonly StoredEvent[], request: ReadRequest, pageSize: number): PageReader {
  let at = lowerBound(events, request.from);
  const end = Math.max(at, lowerBound(events, request.to));
  return {
    next() {
      if (at >= end) return null;
      const page = events.slice(at, Math.min(end, at + pageSize));
      at += page.length;
      return pageOf(page);
    },
    close() {
      at = end;
    },
  };
}

/** Index of the first event at or behind an offset. */
function lowerBound(events: readonly StoredEvent[], offset: Offset): number {
  let low = 0;
  let high = events.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((events[middle]?.offset ?? 0) < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

function pageOf(events: readonly StoredEvent[]): EventPage {
  return new EventPage({
    offsets: events.map((event) => event.offset),
    timestamps: events.map((event) => event.time),
    keys: events.map((event) => event.key),
    headers: events.some((event) => event.headers !== null) ? events.map((event) => event.headers) : null,
    decodeValues: () => decodeStoredValues(events.map((event) => event.stored)),
    valueBytes: (index) => storedValueBytes(events[index]?.stored),
    keyBytes: (index) => {
      const event = events[index];
      return event?.keyBytes ?? (typeof event?.key === 'string' ? Buffer.from(event.key, 'utf8') : null);
    },
  });
}
