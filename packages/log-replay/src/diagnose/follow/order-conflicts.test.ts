import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConflictLedger, explainConflicts, type OrderedHandling } from './order-conflicts.js';

/** All conflicts of a handling order in which every event shares a key with every other. */
function conflictsOf(order: readonly number[]) {
  const handled = order.map((rank, turn): OrderedHandling => ({ rank, turn }));
  return handled.flatMap((late, turn) =>
    handled.slice(0, turn).flatMap((early) => (early.rank > late.rank ? [{ late, early }] : [])),
  );
}

const explained = (order: readonly number[]) =>
  explainConflicts(conflictsOf(order)).map(({ moved, other }) => [moved.rank, other.rank]);

describe('explaining an order', () => {
  it('tells two events that changed places, with and without others in between', () => {
    expect(explained([0, 2, 1, 3])).toEqual([[1, 2]]);
    expect(explained([0, 3, 2, 1, 4])).toEqual([[1, 3]]);
    expect(explained([0, 5, 2, 3, 4, 1, 6])).toEqual([[1, 5]]);
  });

  it('tells one event that came late, or early', () => {
    expect(explained([1, 2, 3, 0])).toEqual([[0, 3]]);
    expect(explained([3, 0, 1, 2])).toEqual([[3, 0]]);
  });

  it('accuses nobody where the order is right', () => expect(explained([0, 1, 2])).toEqual([]));

  it('leaves no conflict unexplained, and needs no more events than were moved (property)', () => {
    const swaps = fc.array(fc.tuple(fc.nat(11), fc.nat(11)), { maxLength: 2 });
    fc.assert(
      fc.property(swaps, (pairs) => {
        const order = Array.from({ length: 12 }, (_, rank) => rank);
        for (const [a, b] of pairs) [order[a], order[b]] = [order[b] as number, order[a] as number];
        const conflicts = conflictsOf(order);
        const told = new Set(explainConflicts(conflicts).flatMap(({ moved, other }) => [moved, other]));
        for (const { late, early } of conflicts) expect(told.has(late) || told.has(early)).toBe(true);
        expect(explainConflicts(conflicts).length).toBeLessThanOrEqual(2 * pairs.length);
      }),
      { numRuns: 500, seed: 41 },
    );
  });

  it('tells what hangs together only when nothing can join it any more', () => {
    const ledger = new ConflictLedger<OrderedHandling>();
    const [a, b] = [
      { rank: 1, turn: 11 },
      { rank: 2, turn: 10 },
    ];
    ledger.add(a, b, 11);
    expect(ledger.take(5000)).toEqual([]);
    expect(ledger.take(6000)).toEqual([{ moved: a, other: b, swapped: true }]);
    expect(ledger.take(Infinity)).toEqual([]);
  });
});
