import { RecoveryError } from '@eventmend/core';
import type { Money } from './money.js';

/** A line of an account, in our own books or in those of somebody else. */
export interface Booking {
  /** Shared by both sides where there is such an id; null for none. */
  readonly id: string | null;
  /** The account, customer or order that it is of; null for none. */
  readonly key: string | null;
  /** When it was booked, in milliseconds since 1970. */
  readonly time: number;
  /** Sale, fee, refund and the like; null where nobody says. */
  readonly type: string | null;
  /** Below zero for what goes out. */
  readonly amount: Money;
}

/** A stretch of time in milliseconds since 1970: `from` is in it, `to` is not. */
export interface Period {
  readonly from: number;
  readonly to: number;
}

export function isWithinPeriod({ time }: Booking, { from, to }: Period): boolean {
  return time >= from && time < to;
}

/** Bookings without those that say an earlier one once more, and these. */
export interface DistinctBookings {
  readonly bookings: readonly Booking[];
  readonly repeated: readonly Booking[];
}

/**
 * Leaves out what is said twice: the same id with the same content. Without an id two equal lines may be two bookings, and stay.
 * @throws RecoveryError `conflicting-bookings` for one id with two contents
 */
export function distinctBookings(bookings: readonly Booking[]): DistinctBookings {
  const byId = new Map<string, Booking>();
  const distinct: Booking[] = [];
  const repeated: Booking[] = [];
  for (const booking of bookings) {
    const earlier = booking.id === null ? undefined : byId.get(booking.id);
    if (earlier === undefined) distinct.push(booking);
    else if (contentOf(earlier) === contentOf(booking)) repeated.push(booking);
    else {
      throw new RecoveryError(
        'conflicting-bookings',
        `two bookings have the id ${JSON.stringify(booking.id)} and differ`,
        {
          hint: 'an id must name one booking: map another column, or correct the rows',
          details: { id: booking.id },
        },
      );
    }
    if (booking.id !== null) byId.set(booking.id, booking);
  }
  return { bookings: distinct, repeated };
}

function contentOf({ key, time, type, amount }: Booking): string {
  return JSON.stringify([key, time, type, amount.amount, amount.currency]);
}
