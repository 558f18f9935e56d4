import type { RunStore, StoredText } from '../../engine/store/run-store.js';
import type { SnapshotRow } from '../../model/snapshots/snapshot-source.js';
import { compareCodePoints } from '../../sources/snapshots/ndjson/compare-code-points.js';

/** Takes both sides of one key; null where a side has none. */
type TakePair = (stored: StoredText | null, live: SnapshotRow | null) => void;

/**
 * Pairs the rows of a run with those of the live state. Where the live rows come in the order of the keys, both are walked
 * side by side and nothing is kept in memory; where they do not, each is looked up, and the keys of the run that were met are
 * remembered.
 * @param again called when pairing begins anew: what was taken before does not count
 */
export async function pairKeys(
  store: RunStore,
  rows: () => AsyncIterable<SnapshotRow>,
  take: TakePair,
  again: () => void,
): Promise<void> {
  if (await walkSideBySide(store.texts(), rows(), take)) return;
  again();
  const met = new Set<string>();
  for await (const row of rows()) {
    const stored = store.state(row.key);
    if (stored === undefined) {
      take(null, row);
      continue;
    }
    met.add(row.key);
    take({ key: row.key, ...stored }, row);
  }
  for (const stored of store.texts()) if (!met.has(stored.key)) take(stored, null);
}

/** @returns false where the rows are not in the order of the keys */
async function walkSideBySide(
  states: Iterable<StoredText>,
  rows: AsyncIterable<SnapshotRow>,
  take: TakePair,
): Promise<boolean> {
  const stored = states[Symbol.iterator]();
  try {
    let next = stored.next();
    let last: string | null = null;
    for await (const row of rows) {
      if (last !== null && compareCodePoints(last, row.key) >= 0) return false;
      last = row.key;
      while (next.done !== true && next.value.key !== row.key && compareCodePoints(next.value.key, row.key) < 0) {
        take(next.value, null);
        next = stored.next();
      }
      if (next.done !== true && next.value.key === row.key) {
        take(next.value, row);
        next = stored.next();
      } else {
        take(null, row);
      }
    }
    for (; next.done !== true; next = stored.next()) take(next.value, null);
    return true;
  } finally {
    stored.return?.();
  }
}
