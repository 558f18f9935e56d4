import type { Offset } from '../../model/event/offset.js';
import type { HoleReason, LogHole } from '../../model/log/event-log.js';

/** What is known of a partition before its damage is. */
export interface HeldOffsets {
  readonly from: Offset;
  /** One past the last offset. */
  readonly next: Offset;
  /** Rising, disjoint, inside of the range. */
  readonly holes: readonly LogHole[];
}

export interface DamagedRange extends HeldOffsets {
  /** Damaged offsets at which an event stands that is not to be believed, rising. */
  readonly contradicted: readonly Offset[];
}

/**
 * Makes holes of damaged offsets, wherever they lie: in a gap, in the place of an event, in front of all or behind. What lies
 * between the range and a damaged offset outside of it is missing.
 */
export function overlayDamage({ from, next, holes: known }: HeldOffsets, offsets: Iterable<Offset>): DamagedRange {
  const damaged = [...offsets].sort((a, b) => a - b);
  const lowest = Math.min(damaged[0] ?? from, from);
  const end = Math.max((damaged.at(-1) ?? -1) + 1, next);
  const holes: LogHole[] = [];
  const contradicted: Offset[] = [];
  let index = 0;
  const takeBelow = (limit: Offset, take: (offset: Offset) => void): void => {
    for (; index < damaged.length && (damaged[index] as Offset) < limit; index++) take(damaged[index] as Offset);
  };
  const standing = (offset: Offset): void => {
    pushHole(holes, offset, offset + 1, 'damaged');
    contradicted.push(offset);
  };
  const around: readonly LogHole[] = [
    ...(lowest < from ? [{ from: lowest, to: from, reason: 'missing' as const }] : []),
    ...known,
    ...(end > next ? [{ from: next, to: end, reason: 'missing' as const }] : []),
  ];
  for (const hole of around) {
    takeBelow(hole.from, standing);
    let at = hole.from;
    takeBelow(hole.to, (offset) => {
      pushHole(holes, at, offset, hole.reason);
      pushHole(holes, offset, offset + 1, 'damaged');
      at = offset + 1;
    });
    pushHole(holes, at, hole.to, hole.reason);
  }
  takeBelow(Infinity, standing);
  return { from: lowest, next: end, holes, contradicted };
}

/** Adds a hole behind the others, joined with the last one where it continues it. */
export function pushHole(holes: LogHole[], from: Offset, to: Offset, reason: HoleReason): void {
  if (from >= to) return;
  const last = holes.at(-1);
  if (last !== undefined && last.to === from && last.reason === reason) holes[holes.length - 1] = { ...last, to };
  else holes.push({ from, to, reason });
}
