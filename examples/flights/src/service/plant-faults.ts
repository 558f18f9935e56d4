import type { Flight } from '../flights/flight.js';
import type { FlightTable } from '../flights/flight-table.js';
import { seededRandom } from './seeded-random.js';

/** What the faulty handler did to one event. `row` is the event's place in the file. */
export type Fault =
  | { readonly kind: 'missed'; readonly row: number }
  /** Handled when it came, and again right behind the event in row `again`. */
  | { readonly kind: 'twice'; readonly row: number; readonly again: number }
  /** Handled when the event in row `with` came, and that one in its place. */
  | { readonly kind: 'reordered'; readonly row: number; readonly with: number }
  /** Handled once and in order, but with a wrong delay. */
  | { readonly kind: 'wrong'; readonly row: number; readonly slip: 'sign' | 'unit' };

export interface FaultPlan {
  readonly seed: number;
  /** First row that a fault may hit, and first row that it no longer may. */
  readonly from: number;
  readonly until: number;
}

/** How many of each kind, as far as the window holds them: the numbers of an ordinary bad week. */
const wanted = { missed: 431, twice: 263, reordered: 212, wrong: 187 } as const;

/** In a small window at most one event in so many is hit by one kind. */
const sparseness = 30;

/** How many events later a redelivered or overtaken event may come at most. */
const lateness = 40;

/** Only flights of this class, in miles, go through the code that mistakes the delay. */
const longHaul = 1500;

/** Chooses the faults, sorted by row; no event is hit twice. Depends on the table and the plan alone. */
export function plantFaults(table: FlightTable, { seed, from, until }: FaultPlan): readonly Fault[] {
  const random = seededRandom(seed);
  const taken = new Set<number>();
  const faults: Fault[] = [];
  const width = until - from;

  const take = (accepts: (flight: Flight) => boolean): number | null => {
    for (let attempt = 0; attempt < 1000; attempt++) {
      const row = from + random(width);
      if (taken.has(row) || !accepts(table.flight(row))) continue;
      taken.add(row);
      return row;
    }
    return null;
  };
  const plant = (kind: Fault['kind'], accepts: (flight: Flight) => boolean, fault: (row: number) => Fault | null) => {
    const count = Math.min(wanted[kind], Math.floor(width / sparseness));
    for (let planted = 0, tries = 0; planted < count && tries < count * 10; tries++) {
      const row = take(accepts);
      if (row === null) break;
      const made = fault(row);
      if (made === null) continue;
      faults.push(made);
      planted++;
    }
  };

  plant('missed', any, (row) => ({ kind: 'missed', row }));
  plant('twice', any, (row) => ({ kind: 'twice', row, again: Math.min(row + random(lateness), until - 1) }));
  plant('reordered', any, (row) => {
    const other = rowToSwapWith(table, row, until, taken);
    if (other === null) return null;
    taken.add(other);
    return { kind: 'reordered', row, with: other };
  });
  plant('wrong', isLateLongHaul, (row) => ({ kind: 'wrong', row, slip: random(2) === 0 ? 'sign' : 'unit' }));
  return faults.sort((a, b) => a.row - b.row);
}

/** The next event that shares an airport, so that the order of the two makes a difference. */
function rowToSwapWith(table: FlightTable, row: number, until: number, taken: ReadonlySet<number>): number | null {
  const { origin, destination } = table.flight(row);
  for (let other = row + 1; other < Math.min(row + lateness, until); other++) {
    const flight = table.flight(other);
    const meets = [flight.origin, flight.destination].some((airport) => airport === origin || airport === destination);
    if (meets && !taken.has(other)) return other;
  }
  return null;
}

const any = () => true;
/** A flight on time would be handled the same by the wrong code. */
const isLateLongHaul = (flight: Flight) => flight.distance >= longHaul && flight.delay !== 0;
