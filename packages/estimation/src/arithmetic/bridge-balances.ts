import { distinctBookings, isWithinPeriod, type Booking, type Period } from './booking.js';
import { closeBridge, type Bridge, type BridgeLine } from './bridge.js';
import { matchBookings, type MatchedBookings } from './match-bookings.js';
import { subtractMoney, sumMoney, type Money } from './money.js';

export interface BalancesToBridge {
  readonly period: Period;
  /** What they say that the balance was at both ends. */
  readonly opening: Money;
  readonly closing: Money;
  /** Bookings of both sides, also of the time around the period by as much as `within`: what is booked late is matched there. */
  readonly ours: readonly Booking[];
  readonly theirs: readonly Booking[];
  /** How far apart the two sides may book one and the same thing, in milliseconds. */
  readonly within: number;
  /** Types of their bookings that are charges of their own. */
  readonly fees?: readonly string[];
}

export interface BridgedBalances {
  /** From their opening to their closing balance. Its residual is what their own bookings do not explain. */
  readonly theirs: Bridge;
  /** From their opening balance to what our books come to; ours is the last line. */
  readonly ours: Bridge;
  /** What their books have and ours lack, charges excepted: what was lost, as far as they have it. */
  readonly onlyTheirs: readonly Booking[];
  readonly onlyOurs: readonly Booking[];
  readonly residual: Money;
  /** Rows of either side that said a booking once more, and were counted once. */
  readonly repeated: readonly Booking[];
  readonly matched: MatchedBookings['pairs'];
}

/**
 * Explains the balance of an account at both ends by the bookings of two sides. Every booking of theirs in the period stands in one
 * line of their bridge, every one of ours in one line of ours, and both add up exactly.
 * @throws RecoveryError `mixed-currencies`, `conflicting-bookings`
 */
export function bridgeBalances(balances: BalancesToBridge): BridgedBalances {
  const { period, opening, closing, within, fees = [] } = balances;
  const { currency } = opening;
  const ours = distinctBookings(balances.ours);
  const theirs = distinctBookings(balances.theirs);
  const { pairs, ...rest } = matchBookings(ours.bookings, theirs.bookings, within);
  const isInside = (booking: Booking): boolean => isWithinPeriod(booking, period);
  const line = <Kind extends BridgeLine['kind']>(kind: Kind, bookings: readonly Booking[]) => ({
    ...{ kind, bookings: bookings.length },
    amount: sumMoney(
      bookings.map(({ amount }) => amount),
      currency,
    ),
  });
  const both = pairs.filter((pair) => isInside(pair.ours) && isInside(pair.theirs));
  const matched = line(
    'matched',
    both.map((pair) => pair.ours),
  );
  const atTheirs = line(
    'matched',
    both.map((pair) => pair.theirs),
  );
  const isFee = ({ type }: Booking): boolean => type !== null && fees.includes(type);
  const onlyTheirs = rest.onlyTheirs.filter((booking) => isInside(booking) && !isFee(booking));
  const onlyOurs = rest.onlyOurs.filter(isInside);
  const acrossTheirs = pairs.flatMap((pair) => (isInside(pair.theirs) && !isInside(pair.ours) ? [pair.theirs] : []));
  const acrossOurs = pairs.flatMap((pair) => (isInside(pair.ours) && !isInside(pair.theirs) ? [pair.ours] : []));
  const unequal = both.filter((pair) => pair.ours.amount.amount !== pair.theirs.amount.amount).length;
  const { bridge, rest: residual } = closeBridge(
    opening,
    [
      matched,
      { kind: 'difference', amount: subtractMoney(atTheirs.amount, matched.amount), bookings: unequal },
      line('timing', acrossTheirs),
      line(
        'fees',
        rest.onlyTheirs.filter((booking) => isInside(booking) && isFee(booking)),
      ),
      line('only-theirs', onlyTheirs),
    ],
    closing,
    'residual',
  );
  const steps = [matched, line('timing', acrossOurs), line('only-ours', onlyOurs)];
  const booked = sumMoney([opening, ...steps.map(({ amount }) => amount)], currency);
  return {
    theirs: bridge,
    ours: [
      { kind: 'opening', amount: opening, bookings: 0 },
      ...steps,
      { kind: 'closing', amount: booked, bookings: 0 },
    ],
    ...{ onlyTheirs, onlyOurs, residual, matched: pairs },
    repeated: [...ours.repeated, ...theirs.repeated],
  };
}
