import { createMemoryLog, type EventHeaders, type EventPage, type PartitionId } from '@eventmend/core';

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

/** The page that a log with these events would give. @throws RecoveryError `invalid-field`, `conflicting-events` */
export function pageOfBatch(id: PartitionId, events: readonly LiveEvent[]): EventPage | null {
  const { source, topic, incarnation, partition } = id;
  const log = createMemoryLog({
    source,
    topic,
    pageSize: Math.max(1, events.length),
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
