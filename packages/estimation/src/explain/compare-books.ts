import { isWithinPeriod, type Booking, type Period } from '../arithmetic/booking.js';
import { bridgeBalances, type BalancesToBridge, type BridgedBalances } from '../arithmetic/bridge-balances.js';
import { money, sumMoney, type Money } from '../arithmetic/money.js';

export interface BooksToCompare extends Omit<BalancesToBridge, 'opening' | 'closing'> {
  readonly currency: string;
  /** What is lost of ours, in milliseconds since 1970. */
  readonly gap: Period;
  /** What they say that the balance was at both ends: zero, and what their own bookings come to, where nobody says. */
  readonly opening?: Money;
  readonly closing?: Money;
}

/** A bridge between two sides, and what they have that we lost. */
export interface ComparedBooks extends BridgedBalances {
  readonly period: Period;
  /** Whether their closing balance was given: else the residual is zero, and shows nothing. */
  readonly isClosingKnown: boolean;
  /**
   * What only they have and booked in the gap, or behind it by no more than the two sides may be apart, charges excepted: what was
   * lost of ours, as far as they have it.
   */
  readonly ofGap: { readonly bookings: readonly Booking[]; readonly amount: Money };
}

/**
 * Holds our bookings of a period against those of another side. @throws RecoveryError `mixed-currencies`, `conflicting-bookings`
 */
export function compareBooks({ currency, gap, opening, closing, ...books }: BooksToCompare): ComparedBooks {
  const { period, within } = books;
  const begin = opening ?? money('0', currency);
  const bridge = (end: Money): BridgedBalances => bridgeBalances({ ...books, opening: begin, closing: end });
  // Repeated rows are left out by the bridge itself: what it does not explain of the opening is the sum of the rest.
  const explained = closing ?? closingOf(bridge(begin), begin, currency);
  const bridged = bridge(explained);
  const bookings = bridged.onlyTheirs.filter((booking) =>
    isWithinPeriod(booking, { from: gap.from, to: gap.to + within }),
  );
  return {
    ...bridged,
    ...{ period, isClosingKnown: closing !== undefined },
    ofGap: {
      bookings,
      amount: sumMoney(
        bookings.map(({ amount }) => amount),
        currency,
      ),
    },
  };
}

function closingOf({ theirs }: BridgedBalances, opening: Money, currency: string): Money {
  const steps = theirs.filter(({ kind }) => kind !== 'opening' && kind !== 'closing' && kind !== 'residual');
  return sumMoney([opening, ...steps.map(({ amount }) => amount)], currency);
}
