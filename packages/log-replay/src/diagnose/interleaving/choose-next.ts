import type { PartitionWalk } from '@eventmend/core/engine';

/**
 * Says which partition's event is next; -1 when all have reached their ends. A partition whose next event is at or behind
 * its end must not be chosen.
 */
export type ChooseNext = (walks: readonly PartitionWalk[], ends: readonly number[]) => number;

/** The canonical order: the smallest effective order value, then the first partition. */
export const chooseCanonical: ChooseNext = (walks, ends) => {
  let smallest = -1;
  let value = Infinity;
  for (let place = 0; place < walks.length; place++) {
    const head = headBefore(walks, ends, place);
    if (head === null || (smallest >= 0 && head.effective >= value)) continue;
    smallest = place;
    value = head.effective;
  }
  return smallest;
};

/** The next event of a partition, or null where it has reached its end. */
export function headBefore(walks: readonly PartitionWalk[], ends: readonly number[], place: number) {
  const head = walks[place]?.current ?? null;
  return head !== null && head.offset < (ends[place] ?? 0) ? head : null;
}
