import type { LogHole, Offset } from '@eventmend/core';

/** Offsets of a range that no page held, by what the log says about them. */
export interface AbsentOffsets {
  readonly control: number;
  readonly filtered: number;
  readonly unavailable: number;
}

export interface AbsentCounter {
  /** Counts the offsets from `from` to before `to`, none of which was there. Ranges must come in rising order. */
  count(from: Offset, to: Offset): void;
  counts(): AbsentOffsets;
}

/** `holes` in rising order, disjoint. Only holes that are known to have held no event excuse an absent offset. */
export function createAbsentCounter(holes: readonly LogHole[]): AbsentCounter {
  const counts = { control: 0, filtered: 0, unavailable: 0 };
  let at = 0;

  return {
    count(from, to) {
      let next = from;
      while (next < to) {
        while (at < holes.length && (holes[at] as LogHole).to <= next) at++;
        const hole = holes[at];
        const holeStart = hole === undefined ? to : Math.min(hole.from, to);
        if (next < holeStart) {
          counts.unavailable += holeStart - next;
          next = holeStart;
        }
        if (hole === undefined || next >= to) continue;
        const holeEnd = Math.min(hole.to, to);
        if (hole.reason === 'control' || hole.reason === 'filtered') counts[hole.reason] += holeEnd - next;
        else counts.unavailable += holeEnd - next;
        next = holeEnd;
      }
    },
    counts: () => ({ ...counts }),
  };
}
