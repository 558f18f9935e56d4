import type { Booking } from './booking.js';

export interface BookingPair {
  readonly ours: Booking;
  readonly theirs: Booking;
  /** `amount`: of the same key and amount at about the same time; which of several equal ones it is makes no difference to a sum. */
  readonly by: 'id' | 'amount';
}

export interface MatchedBookings {
  readonly pairs: readonly BookingPair[];
  readonly onlyOurs: readonly Booking[];
  readonly onlyTheirs: readonly Booking[];
}

/**
 * Finds the bookings that both sides have: by id first, then those of one key and amount that lie at most `within` milliseconds
 * apart, the earliest that fit first: of those without ids no other way pairs more. Each side has each booking once (`distinctBookings`).
 */
export function matchBookings(ours: readonly Booking[], theirs: readonly Booking[], within: number): MatchedBookings {
  const pairs: BookingPair[] = [];
  const ids = new Map(theirs.flatMap((booking) => (booking.id === null ? [] : [[booking.id, booking] as const])));
  const taken = new Set<Booking>();
  const pair = (our: Booking, their: Booking, by: BookingPair['by']): void => {
    pairs.push({ ours: our, theirs: their, by });
    taken.add(our).add(their);
  };
  for (const our of ours) {
    const their = our.id === null ? undefined : ids.get(our.id);
    if (their !== undefined && their.amount.currency === our.amount.currency) pair(our, their, 'id');
  }
  const isLeft = (booking: Booking): boolean => !taken.has(booking);
  // Two different ids name two different bookings: one of a pair has none.
  const hasId = ({ id }: Booking): boolean => id !== null;
  for (const [our, their] of [
    [ours.filter(hasId), theirs.filter((booking) => !hasId(booking))],
    [ours.filter((booking) => !hasId(booking)), theirs],
  ] as const) {
    const groups = groupByAmount(their.filter(isLeft));
    for (const [name, group] of groupByAmount(our.filter(isLeft))) {
      pairInTime(group, groups.get(name) ?? [], within, (first, second) => pair(first, second, 'amount'));
    }
  }
  return { pairs, onlyOurs: ours.filter(isLeft), onlyTheirs: theirs.filter(isLeft) };
}

/** In the order of their times. */
function groupByAmount(bookings: readonly Booking[]): ReadonlyMap<string, readonly Booking[]> {
  const groups = new Map<string, Booking[]>();
  for (const booking of [...bookings].sort((a, b) => a.time - b.time)) {
    const name = JSON.stringify([booking.key, booking.amount.amount, booking.amount.currency]);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [booking]);
    else group.push(booking);
  }
  return groups;
}

function pairInTime(
  ours: readonly Booking[],
  theirs: readonly Booking[],
  within: number,
  pair: (our: Booking, their: Booking) => void,
): void {
  let next = 0;
  for (const our of ours) {
    while (next < theirs.length && theirs[next]!.time < our.time - within) next++;
    const their = theirs[next];
    if (their === undefined || their.time > our.time + within) continue;
    pair(our, their);
    next++;
  }
}
