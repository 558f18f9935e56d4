import type { LogLocator } from '../log/event-log.js';

/** Which event a record of the service speaks of; what the record does not say is null or absent. */
export interface RecordedEventRef {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/** One output as the live service really sent it, in the form that a mapping made of its record. */
export interface RecordedOutput {
  /** Place among all records of the source, from 0. */
  readonly seq: number;
  readonly output: string;
  readonly key: string | null;
  readonly value: unknown;
  /** The event that it came of; null where the record does not say. */
  readonly event: RecordedEventRef | null;
  /** A business id of the event (header or column), for records that know no offsets. */
  readonly eventId: string | null;
  /** A business id of the output itself. */
  readonly businessId: string | null;
  /** When it was recorded, in milliseconds; null where unknown. */
  readonly time: number | null;
}

/**
 * What the order of the records means. `handling`: they stand in the order in which the service handled its events (an
 * output topic with one partition, an append-only file). `partition`: in that order for each partition of the input only.
 * `unknown`: any order, so that only which and how often can be told.
 */
export type RecordOrder = 'handling' | 'partition' | 'unknown';

export interface RecordedDescription {
  /** Where the records are, for people. Never holds secrets. */
  readonly location: string;
  /** The order that may be relied on; another than the stated one where the records contradict it. */
  readonly order: RecordOrder;
  /** Why it is another than the stated one, in words; absent or null where it is not. */
  readonly objection?: string | null;
  /** Records of deliveries whose original event is not known; absent where there are none. */
  readonly unknownOriginals?: { readonly records: number; readonly first: RecordedEventRef };
  /** SHA-256 over content and mapping; null where the source cannot tell (a command). */
  readonly digest: string | null;
  /**
   * From when on everything was kept, and up to when, in milliseconds, where the user says so. Null: from the first record
   * on, up to the last.
   */
  readonly from: number | null;
  readonly until: number | null;
}

/** The outputs that the live service sent, in bounded batches. */
export interface RecordedOutputs {
  describe(): RecordedDescription | Promise<RecordedDescription>;
  /**
   * Two outputs with one business id are both given, whether they are the same or not: a repeat and a contradiction are
   * for the reader to count.
   * @throws RecoveryError `unreadable-row`, `size-limit-exceeded`, `invalid-field` for a record that cannot be
   *   understood; `source-command-failed`, `unreadable-database` for its source
   */
  read(): AsyncIterable<readonly RecordedOutput[]>;
  /** How another thread opens the same source; absent for those that live in this thread's memory only. */
  readonly locator?: LogLocator;
  close(): void;
}
