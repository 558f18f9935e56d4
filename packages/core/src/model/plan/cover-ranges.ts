import { isHarmlessHole, type LogHole, type OffsetRange, type PartitionDescription } from '../log/event-log.js';
import { overlap } from '../log/overlap.js';

/** One source of a partition: what it holds, and its place in the list of logs. */
export interface RangeSource {
  readonly log: number;
  readonly holds: PartitionDescription;
}

/** A piece of a range with the log that serves it; null where none does. */
export interface CoveredRange extends OffsetRange {
  readonly log: number | null;
  /** The log has records there that cannot be read, and no other log has these offsets. */
  readonly damaged?: true;
  /** No log has these offsets, and the user says why no event ever stood there. */
  readonly declared?: string;
}

/**
 * Covers a range of one partition from several logs: each piece from the first log in the list that has it. Harmful holes
 * count as not there, so that another log may fill them; what nobody has is left with the first log that has it damaged, or
 * with no log.
 */
export function coverRange(range: OffsetRange, sources: readonly RangeSource[]): readonly CoveredRange[] {
  let open: readonly OffsetRange[] = range.from < range.to ? [range] : [];
  const covered: CoveredRange[] = [];
  const take = (available: readonly OffsetRange[], as: Omit<CoveredRange, 'from' | 'to'>): void => {
    const left: OffsetRange[] = [];
    for (const piece of open) {
      let at = piece.from;
      for (const held of available) {
        const common = overlap({ from: at, to: piece.to }, held);
        if (common === null) continue;
        if (common.from > at) left.push({ from: at, to: common.from });
        covered.push({ ...common, ...as });
        at = common.to;
      }
      if (at < piece.to) left.push({ from: at, to: piece.to });
    }
    open = left;
  };
  for (const { log, holds } of sources) take(piecesHeld(holds), { log });
  for (const { log, holds } of sources) {
    take(
      holds.holes.filter(({ reason }) => reason === 'damaged'),
      { log, damaged: true },
    );
  }
  for (const piece of open) covered.push({ ...piece, log: null });
  return covered.sort((a, b) => a.from - b.from);
}

function piecesHeld(holds: PartitionDescription): readonly OffsetRange[] {
  const pieces: OffsetRange[] = [];
  let at = holds.range.from;
  for (const hole of harmful(holds.holes)) {
    if (hole.from > at) pieces.push({ from: at, to: hole.from });
    at = Math.max(at, hole.to);
  }
  if (at < holds.range.to) pieces.push({ from: at, to: holds.range.to });
  return pieces;
}

function harmful(holes: readonly LogHole[]): readonly LogHole[] {
  return holes.filter((hole) => !isHarmlessHole(hole.reason));
}
