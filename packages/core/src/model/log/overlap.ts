import type { OffsetRange } from './event-log.js';

/** What two ranges of offsets have in common; null where that is nothing. */
export function overlap(a: OffsetRange, b: OffsetRange): OffsetRange | null {
  const from = Math.max(a.from, b.from);
  const to = Math.min(a.to, b.to);
  return from < to ? { from, to } : null;
}

/** How many offsets of a range lie in others, none of which overlap each other. */
export function offsetsWithin(range: OffsetRange, others: readonly OffsetRange[]): number {
  let count = 0;
  for (const other of others) {
    const common = overlap(range, other);
    if (common !== null) count += common.to - common.from;
  }
  return count;
}
