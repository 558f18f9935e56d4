import type { Offset } from '../../model/event/offset.js';
import type { HoleReason, LogHole, OffsetRange } from '../../model/log/event-log.js';

/**
 * The holes of a range: the declared ones, and `missing` for every other offset without an event. `offsets` rise; declared
 * holes rise and are disjoint.
 */
export function detectLogGaps(
  range: OffsetRange,
  offsets: ArrayLike<Offset>,
  declared: readonly LogHole[] = [],
): readonly LogHole[] {
  const holes: LogHole[] = [];
  let at = range.from;
  let next = 0;
  function absent(to: Offset): void {
    while (at < to) {
      while (next < declared.length && (declared[next]?.to ?? 0) <= at) next++;
      const hole = declared[next];
      const known = hole !== undefined && hole.from <= at;
      const end = Math.min(to, hole === undefined ? to : known ? hole.to : hole.from);
      pushHole(holes, at, end, known ? hole.reason : 'missing');
      at = end;
    }
  }
  for (let i = 0; i < offsets.length; i++) {
    const offset = offsets[i] ?? 0;
    if (offset >= range.to) break;
    if (offset > at) absent(offset);
    if (offset >= at) at = offset + 1;
  }
  absent(range.to);
  return holes;
}

function pushHole(holes: LogHole[], from: Offset, to: Offset, reason: HoleReason): void {
  const last = holes.at(-1);
  if (last !== undefined && last.to === from && last.reason === reason) holes[holes.length - 1] = { ...last, to };
  else holes.push({ from, to, reason });
}
