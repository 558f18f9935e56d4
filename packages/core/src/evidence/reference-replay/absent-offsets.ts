import { isHarmlessHole, type LogHole } from '../../model/log/event-log.js';
import type { Offset } from '../../model/event/offset.js';

/** Offsets of a range that no page held, by what the log says about them. */
export interface AbsentOffsets {
  readonly control: number;
  readonly aborted: number;
  readonly filtered: number;
  readonly declared: number;
  readonly unavailable: number;
  /** Offsets whose record cannot be read, in rising order. */
  readonly damaged: readonly Offset[];
}

export interface AbsentCounter {
  /** Counts the offsets from `from` to before `to`, none of which was there. Ranges must come in rising order. */
  count(from: Offset, to: Offset): void;
  /** Adds a hole that was found while reading, before any offset in it is counted. */
  addHole(hole: LogHole): void;
  counts(): AbsentOffsets;
}

/** `holes` in rising order, disjoint. Only holes that are known to have held no event excuse an absent offset. */
export function createAbsentCounter(declared: readonly LogHole[]): AbsentCounter {
  const holes = [...declared];
  const counts = { control: 0, aborted: 0, filtered: 0, declared: 0, unavailable: 0 };
  const damaged: Offset[] = [];
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
        if (isHarmlessHole(hole.reason)) counts[hole.reason as keyof typeof counts] += holeEnd - next;
        else if (hole.reason === 'damaged') for (let lost = next; lost < holeEnd; lost++) damaged.push(lost);
        else counts.unavailable += holeEnd - next;
        next = holeEnd;
      }
    },
    addHole(hole) {
      const behind = holes.findIndex((other, index) => index >= at && other.from > hole.from);
      holes.splice(behind < 0 ? holes.length : behind, 0, hole);
    },
    counts: () => ({ ...counts, damaged: [...damaged] }),
  };
}
