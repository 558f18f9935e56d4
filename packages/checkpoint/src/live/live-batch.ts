import { createMemoryLog, EventPage, type EventHeaders, type PartitionId } from '@eventmend/core';
import { decodeStoredValues, storedValueBytes, type StoredValue } from '@eventmend/core/engine';

/** One event as any loop has it. */
export interface LiveEvent {
  readonly offset: number;
  readonly key?: string | null;
  /** Milliseconds since 1970; without it the event has no time. */
  readonly time?: number | null;
  readonly headers?: EventHeaders;
  /** Plain JSON data; without it the event is a tombstone. */
  readonly value?: unknown;
  /** The value as it stood in the log, in place of `value`: a worker with `decode` needs its bytes. */
  readonly stored?: string | Uint8Array | null;
}

/** Events of one partition, in the order of their offsets. */
export interface LiveBatch {
  /** Name of the original log; that of the checkpointer's settings by default. */
  readonly source?: string;
  readonly topic: string;
  /** Tells a topic from a later one of the same name; '' by default. */
  readonly incarnation?: string;
  readonly partition: number;
  readonly events: readonly LiveEvent[];
}

/**
 * The page that a log with these events would give: values are what JSON makes of them, as in a replay.
 * @throws RecoveryError `invalid-field` for what is no offset, `conflicting-events` where two differ at one offset
 */
export function pageOfBatch(id: PartitionId, events: readonly LiveEvent[]): EventPage | null {
  if (events.length === 0) return null;
  if (!offsetsRise(events)) return sortedPage(id, events);
  return new EventPage({
    offsets: events.map(({ offset }) => offset),
    timestamps: events.map(({ time }) => time ?? NaN),
    keys: events.map(({ key }) => key ?? null),
    headers: events.some(({ headers }) => headers !== undefined) ? events.map(({ headers }) => headers ?? null) : null,
    decodeValues: () => decodeStoredValues(events.map(storedOf)),
    valueBytes: (index) => storedValueBytes(storedOf(events[index])),
    keyBytes: (index) => {
      const key = events[index]?.key;
      return typeof key === 'string' ? Buffer.from(key, 'utf8') : null;
    },
  });
}

function storedOf(event: LiveEvent | undefined): StoredValue {
  if (event?.stored !== undefined) return event.stored;
  return event?.value === undefined ? null : JSON.stringify(event.value);
}

function offsetsRise(events: readonly LiveEvent[]): boolean {
  let last = -1;
  for (const { offset } of events) {
    if (!Number.isSafeInteger(offset) || offset <= last) return false;
    last = offset;
  }
  return true;
}

/** Sorted, and without what is there twice. */
function sortedPage(id: PartitionId, events: readonly LiveEvent[]): EventPage | null {
  const { source, topic, incarnation, partition } = id;
  const log = createMemoryLog({
    source,
    topic,
    pageSize: events.length,
    events: events.map((event) => ({ ...event, incarnation, partition })),
  });
  return log.read({ ...id, from: 0, to: Number.MAX_SAFE_INTEGER }).next() as EventPage | null;
}

/** Events in stretches in which the offsets rise. */
export function risingRuns(events: readonly LiveEvent[]): readonly (readonly LiveEvent[])[] {
  const runs: LiveEvent[][] = [];
  let last: LiveEvent | null = null;
  for (const event of events) {
    if (last === null || event.offset <= last.offset) runs.push([]);
    runs.at(-1)?.push(event);
    last = event;
  }
  return runs;
}
