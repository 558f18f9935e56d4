import type { LogDamage } from './log-damage.js';
import type { Offset } from '../event/offset.js';
import type { EventPage } from './event-page.js';
import type { PartitionId } from './partition-id.js';

/** A half-open range of offsets: `from` is in it, `to` is not. */
export interface OffsetRange {
  readonly from: Offset;
  readonly to: Offset;
}

/**
 * Offsets that hold no event. `control` (transaction markers), `aborted` (events of a transaction that was undone),
 * `filtered` and `declared` (the user says that no event stood there) are known to have held none of interest and are
 * skipped; `compacted`, `deleted` and `missing` may have held events and make a gap. At `damaged` ones stands a record that
 * cannot be read: it is quarantined where the policy allows that, and no gap.
 */
export interface LogHole extends OffsetRange {
  readonly reason: HoleReason;
}

export type HoleReason =
  'control' | 'aborted' | 'filtered' | 'declared' | 'compacted' | 'deleted' | 'missing' | 'damaged';

/** True for a hole in which no event was lost. */
export function isHarmlessHole(reason: HoleReason): boolean {
  return reason === 'control' || reason === 'aborted' || reason === 'filtered' || reason === 'declared';
}

/** What a log holds of one partition, without reading the events. */
export interface PartitionDescription extends PartitionId {
  /**
   * The oldest offset that the partition ever had, 0 for a log that was kept from its beginning. Everything from here to
   * `range.from` is a gap at the front.
   */
  readonly beginning: Offset;
  /** From the first offset that is accounted for to one past the last; empty (`from === to`) for an empty partition. */
  readonly range: OffsetRange;
  /** Inside `range`, in rising order, disjoint; as far as the log knows them without reading, see `ReadRequest.onHole`. */
  readonly holes: readonly LogHole[];
  /** Events in `range`, where the log knows it without reading; -1 otherwise. */
  readonly events: number;
  /** Smallest and largest timestamp in milliseconds, where known. */
  readonly firstTime: number | null;
  readonly lastTime: number | null;
  /**
   * Offsets behind `range` that are in the log and cannot be seen, since a transaction in front of them is still open; and
   * whose it is, for people. Absent where there are none.
   */
  readonly heldBack?: { readonly to: Offset; readonly by: string };
  /**
   * When the log itself may delete its oldest events, at the earliest: a time in milliseconds since 1970, null where that
   * cannot be told; and the rule, such as `retention.ms=86400000`. Absent where nothing deletes them.
   */
  readonly keptUntil?: { readonly time: number | null; readonly by: string };
  /** Second and later copies of events, dropped from the pages; absent where the log does not count them. */
  readonly repeated?: number;
}

export interface LogDescription {
  /** `archive`, `kafka`, `ndjson` or `memory`. */
  readonly kind: string;
  /** Where it is, for people. Never holds secrets. */
  readonly location: string;
  /** Sorted by `comparePartitions`. */
  readonly partitions: readonly PartitionDescription[];
  /**
   * Changes when the described content changes in any other way than by appending; a plan holds it to notice another log
   * under the same name. It may change on appending too, where the log cannot tell the two apart (NDJSON files): plans are
   * then stale sooner than they had to be. Null where the log cannot tell at all.
   */
  readonly fingerprint: string | null;
  /** What cannot be read, as far as that is known without reading; absent where nothing is. */
  readonly damage?: LogDamage;
}

/** What to read: one partition, bounded on both sides. */
export interface ReadRequest extends PartitionId {
  readonly from: Offset;
  readonly to: Offset;
  /**
   * Told of offsets without an event that the log did not know of when it was described and finds while it reads (Kafka's
   * transactions and compaction): in rising order, each before any event behind it, or the end, is given.
   */
  readonly onHole?: (hole: LogHole) => void;
}

/**
 * Reads a range in bounded pages. `next` answers at once where the adapter can (SQLite), or with a promise (files,
 * network); null after the last page. Offsets rise strictly within and over pages, and lie in the range.
 */
export interface PageReader {
  next(): EventPage | null | Promise<EventPage | null>;
  /** Frees what the reader holds; safe to call twice and after the end. */
  close(): void;
}

/**
 * How another thread opens the same log: a module, imported by URL, whose default export is `(options) => EventLog |
 * Promise<EventLog>`. `options` is plain JSON.
 */
export interface LogLocator {
  readonly module: string;
  readonly options: unknown;
}

/** A log of events that can be described without reading it and read by partition and range. */
export interface EventLog {
  describe(): LogDescription | Promise<LogDescription>;
  /**
   * Opens a bounded read. Events that are not there are simply absent from the pages: the accounts of the engine, not the
   * adapter, decide what an absent offset means, from the holes that it declares or tells.
   */
  read(request: ReadRequest): PageReader;
  /** Absent for logs that live in this thread's memory only. */
  readonly locator?: LogLocator;
  close(): void;
}
