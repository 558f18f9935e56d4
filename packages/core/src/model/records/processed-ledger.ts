import type { LogLocator } from '../log/event-log.js';
import type { RecordedDescription, RecordedEventRef } from './recorded-outputs.js';

/** One handling of one event as the service noted it. */
export interface LedgerEntry {
  /** Place among all entries of the source, from 0. */
  readonly seq: number;
  readonly event: RecordedEventRef | null;
  /** A business id of the event, for ledgers that know no offsets. */
  readonly eventId: string | null;
  readonly time: number | null;
}

/** The service's own list of the events that it handled, each handling an entry. */
export interface ProcessedLedger {
  describe(): RecordedDescription | Promise<RecordedDescription>;
  /**
   * @throws RecoveryError `unreadable-row`, `size-limit-exceeded`, `invalid-field`, `source-command-failed`,
   *   `unreadable-database`; `records-out-of-order` where the column that gives the order falls
   */
  read(): AsyncIterable<readonly LedgerEntry[]>;
  /** How another thread opens the same source; absent for those that live in this thread's memory only. */
  readonly locator?: LogLocator;
  close(): void;
}
