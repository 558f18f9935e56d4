import type { RecordedEventRef } from '@eventmend/core/engine';
import type { RecordedOutput } from '@eventmend/core';

/** One handling of one event by the live service, as its records show it. */
export interface Handling {
  /** Null where the records name the event by a business id only. */
  readonly event: RecordedEventRef | null;
  readonly eventId: string | null;
  /** In the order in which they were recorded; null where outputs were not recorded at all. */
  readonly outputs: readonly RecordedOutput[] | null;
  /** When the service noted it, in milliseconds; null where it did not. */
  readonly time: number | null;
  /** Only its outputs show it, beside a ledger that does not name it: nobody knows when it came. */
  readonly unplaced?: boolean;
  /** Rows that were recorded before, under the same business ids and with the same values; or an entry of a ledger as it was. */
  readonly isRepeated?: boolean;
}

/** `orders[3]@18204933`, for people. */
export function describeRef({ topic, partition, offset }: RecordedEventRef): string {
  return `${topic}[${partition}]@${offset}`;
}
