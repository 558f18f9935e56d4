import type { WalkedEvent } from '../follow/walk-log.js';
import type { LedgerCounts } from './count-ledger.js';

/** So many events in a row that a ledger names show that it speaks of all that follow in their partition. */
const inARow = 3;

/** What a ledger may be relied on for. */
export interface NotedReading {
  /** The service is known to have read all of the events. */
  readonly isRead: boolean;
  /** Events that cannot be handled may lie in quarantine. */
  readonly mayBeParked: boolean;
}

/** Says of the events of a partition, one after the other, what the ledger shows to be wrong with them. */
export function judgeNoted(
  { noted, hasUnplaced }: LedgerCounts,
  place: number,
  { isRead, mayBeParked }: NotedReading,
): (walked: WalkedEvent) => 'missed' | 'twice' | null {
  const own = noted[place] ?? new Map<number, never>();
  let highest = -1;
  for (const offset of own.keys()) highest = Math.max(highest, offset);
  let row = 0;
  return ({ offset }) => {
    const known = own.get(offset);
    if (known !== undefined) {
      if (row < inARow) row++;
      return known.isNotedApart ? 'twice' : null;
    }
    if (row < inARow) {
      row = 0;
      return null;
    }
    return hasUnplaced || mayBeParked || !(isRead || offset < highest) ? null : 'missed';
  };
}
