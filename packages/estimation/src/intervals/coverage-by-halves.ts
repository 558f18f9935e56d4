import { conformalQuantile, intervalLevels } from './conformal.js';
import { effectiveCount } from './effective-count.js';

/** Masks in which an interval would have held, of those that it was held against. */
export interface HeldMasks {
  readonly covered: number;
  readonly of: number;
}

/** How intervals of one level did that one half of the masks gives. Null where it has too few masks for one. */
export interface HalvesCoverage {
  readonly level: number;
  /** Made of the earlier half, in the later one. */
  readonly later: HeldMasks | null;
  /** Made of the later half, in the earlier one. */
  readonly earlier: HeldMasks | null;
}

/**
 * Whether errors stay as they are: intervals are made of one half of the masks and held against the other. Each score held against all
 * others would be covered as often as the level says whatever the scores are. Errors that grow with time show in the later half,
 * errors that shrink in the earlier one. Masks of the later half that overlap the earlier one are left out.
 * @param starts first slots of the masks, rising
 * @param scores one a mask
 * @param length slots of a mask
 */
export function coverageByHalves(
  starts: readonly number[],
  scores: ArrayLike<number>,
  length: number,
): readonly HalvesCoverage[] {
  const middle = Math.floor(starts.length / 2);
  const begin = (starts[middle - 1] ?? -Infinity) + length;
  const later = halfOf(starts, scores, length, (start, mask) => mask >= middle && start >= begin);
  const earlier = halfOf(starts, scores, length, (_, mask) => mask < middle);
  return intervalLevels.map((level) => ({
    level,
    later: heldIn(later, earlier, level),
    earlier: heldIn(earlier, later, level),
  }));
}

interface Half {
  readonly scores: readonly number[];
  readonly independent: number;
}

function halfOf(
  starts: readonly number[],
  scores: ArrayLike<number>,
  length: number,
  isIn: (start: number, mask: number) => boolean,
): Half {
  const own = starts.flatMap((start, mask) => (isIn(start, mask) ? [{ start, score: scores[mask]! }] : []));
  return {
    scores: own.map(({ score }) => score),
    independent: effectiveCount(
      own.map(({ start }) => start),
      length,
      own.map(({ score }) => score),
    ),
  };
}

function heldIn(judged: Half, made: Half, level: number): HeldMasks | null {
  const distance = conformalQuantile(made.scores, level, made.independent);
  if (distance === Infinity || judged.scores.length === 0) return null;
  return { covered: judged.scores.filter((score) => score <= distance).length, of: judged.scores.length };
}
