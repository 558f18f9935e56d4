import { openExternalRecords, type AmountMapping, type RecordTimeMapping } from '@eventmend/core/engine';
import type { RowInput } from '@eventmend/core/rows';
import type { Booking } from '../arithmetic/booking.js';
import { money } from '../arithmetic/money.js';

/** Which columns of a table make a booking. Ids, keys and types may be empty. */
export interface BookingMapping {
  readonly time: RecordTimeMapping;
  readonly amount: AmountMapping;
  readonly id?: string;
  readonly key?: string;
  readonly type?: string;
}

/** The bookings of a table, in the order of its rows. */
export interface ReadBookings {
  readonly bookings: readonly Booking[];
  /** Rows without a time or an amount, which are none. */
  readonly empty: number;
}

/**
 * Reads each row of a table as a booking of one currency, its amount exactly as it is written.
 * @throws RecoveryError `invalid-field` for the first row that is not what the mapping says, `unusable-amount` for a currency that
 *   is none; what opening the rows throws
 */
export async function readBookings(
  input: RowInput,
  { time, amount, id, key, type }: BookingMapping,
  currency: string,
): Promise<ReadBookings> {
  const optional = (column: string) => ({ column, optional: true });
  const records = await openExternalRecords(input, {
    time: { ...time, optional: true },
    amount: { ...amount, optional: true },
    ...(id !== undefined && { id: optional(id) }),
    ...(key !== undefined && { key: optional(key) }),
    ...(type !== undefined && { type: optional(type) }),
  });
  const bookings: Booking[] = [];
  let empty = 0;
  for await (const batch of records.read()) {
    for (const record of batch) {
      if (record.time === null || record.amount === null) {
        empty++;
        continue;
      }
      bookings.push({
        ...{ id: record.id, key: record.key, time: record.time, type: record.type },
        amount: money(record.amount, currency),
      });
    }
  }
  return { bookings, empty };
}
