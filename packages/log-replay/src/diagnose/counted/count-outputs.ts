import type { RecordedOutput, RecordedOutputs } from '@eventmend/core';
import { sameJson } from '@eventmend/core/engine';
import type { PlaceIndex } from '../records/place-index.js';

/** By place, then by offset: what was recorded of an event, each row once. */
export type OutputCounts = readonly ReadonlyMap<number, readonly RecordedOutput[]>[];

/** So many rows are held at the most. */
const mostRows = 1_000_000;

/**
 * Gathers outputs by their events, whatever order they stand in. Rows that were merely sent again are left out.
 * @returns null where there are too many of them to be held
 */
export async function countOutputs(
  outputs: RecordedOutputs,
  places: PlaceIndex,
  count: number,
): Promise<OutputCounts | null> {
  const recorded = Array.from({ length: count }, () => new Map<number, RecordedOutput[]>());
  let rows = 0;
  for await (const batch of outputs.read()) {
    for (const row of batch) {
      const place = row.event === null ? undefined : places.of(row.event);
      const own = place === undefined ? undefined : recorded[place];
      if (row.event === null || own === undefined) continue;
      const known = own.get(row.event.offset);
      if (known === undefined) own.set(row.event.offset, [row]);
      else if (known.some((other) => isRepeated(other, row))) continue;
      else known.push(row);
      if (++rows > mostRows) return null;
    }
  }
  return recorded;
}

function isRepeated(one: RecordedOutput, other: RecordedOutput): boolean {
  return one.output === other.output && one.key === other.key && sameJson(one.value, other.value);
}
