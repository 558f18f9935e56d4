import type { ProcessedLedger } from '@eventmend/core';
import type { PlaceIndex } from '../records/place-index.js';

/** What a ledger says of one event. */
interface NotedEvent {
  /** The time of its first entry; null where that has none. */
  readonly time: number | null;
  /** An entry at another time follows: what is merely written again has the same one. */
  readonly isNotedApart: boolean;
}

export interface LedgerCounts {
  /** By place, then by offset. */
  readonly noted: readonly ReadonlyMap<number, NotedEvent>[];
  /**
   * Some entries name no event that the log holds: they have a business id only, or are of deliveries whose original is not known.
   * Any event that no entry names may be noted all the same.
   */
  readonly hasUnplaced: boolean;
}

/** Counts the entries of a ledger, whatever order they stand in. Memory follows the number of its events. */
export async function countLedger(ledger: ProcessedLedger, places: PlaceIndex, count: number): Promise<LedgerCounts> {
  const noted = Array.from({ length: count }, () => new Map<number, NotedEvent>());
  let hasUnplaced = (await ledger.describe()).unknownOriginals !== undefined;
  for await (const batch of ledger.read()) {
    for (const { event, time } of batch) {
      if (event === null) {
        hasUnplaced = true;
        continue;
      }
      const place = places.of(event);
      const own = place === undefined ? undefined : noted[place];
      if (own === undefined) continue;
      const known = own.get(event.offset);
      if (known === undefined) own.set(event.offset, { time, isNotedApart: false });
      else if (time !== null && known.time !== null && time !== known.time) {
        own.set(event.offset, { ...known, isNotedApart: true });
      }
    }
  }
  return { noted, hasUnplaced };
}
