import { EventPage, RecoveryError, type EventHeaders, type PartitionId } from '@eventmend/core';
import { decodeStoredValues, describePartition, storedValueBytes, type StoredValue } from '@eventmend/core/engine';

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
 * @throws RecoveryError `invalid-field` for what is no offset, `offsets-out-of-order` where they do not rise
 */
export function pageOfBatch(id: PartitionId, events: readonly LiveEvent[]): EventPage | null {
  if (events.length === 0) return null;
  let last = -1;
  for (const { offset } of events) {
    if (!Number.isSafeInteger(offset) || offset < 0) throw noOffset(id, offset);
    if (offset <= last) throw outOfOrder(id, last, offset);
    last = offset;
  }
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

function noOffset(id: PartitionId, offset: unknown): RecoveryError {
  return new RecoveryError('invalid-field', `an event of ${describePartition(id)} has no offset: ${String(offset)}`, {
    hint: 'an offset is a whole number from 0 to 9007199254740991',
  });
}

function outOfOrder(id: PartitionId, before: number, offset: number): RecoveryError {
  return new RecoveryError(
    'offsets-out-of-order',
    `${describePartition(id)}@${offset} was handed in behind ${before}`,
    { hint: 'a batch holds the events of one partition in the order of their offsets, each once' },
  );
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
