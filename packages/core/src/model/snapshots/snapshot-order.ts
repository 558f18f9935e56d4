import type { SnapshotDescription } from './snapshot-source.js';

/**
 * Oldest position first, those without one last. A position that is behind another in every partition has the smaller sum
 * of offsets; where two sums are equal, time and then id decide.
 */
export function compareSnapshots(a: SnapshotDescription, b: SnapshotDescription): number {
  return (
    reached(a) - reached(b) ||
    (a.takenAt ?? Infinity) - (b.takenAt ?? Infinity) ||
    (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
  );
}

function reached({ position }: SnapshotDescription): number {
  if (position === null) return Number.MAX_VALUE;
  return position.reduce((sum, part) => sum + part.next, 0);
}
