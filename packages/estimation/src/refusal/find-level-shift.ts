import { max } from 'simple-statistics';
import type { PlacedGap } from '../backtest/choose-masks.js';
import type { HistorySource } from '../backtest/masked-histories.js';
import type { History } from '../methods/history.js';
import { sideLevels } from '../methods/local-level.js';

export interface LevelShift {
  readonly before: number;
  readonly behind: number;
}

/**
 * Whether the level moved inside the gap as it moves nowhere else: the levels of one season on each side differ by more than a
 * fifth, and by more than one and a half times as much as around any mask that is a season away. Null where it did not, or where there are not two
 * sides or too few masks to tell.
 */
export function findLevelShift(
  histories: HistorySource,
  masks: readonly number[],
  { gap: { from, to }, hidden }: PlacedGap,
  season: number,
): LevelShift | null {
  const gap = stepOf(histories.ofGap());
  const width = Math.max(season, 7);
  // A mask that has the gap beside it has the shift beside it too.
  const apart = masks.filter((start) => start + to - from + width <= hidden.from || start - width >= hidden.to);
  if (gap === null || apart.length < 9) return null;
  const usual = max(apart.map((start) => stepOf(histories.ofMask(start))?.size ?? 0));
  if (gap.size <= gap.least || gap.size <= 1.5 * usual) return null;
  return { before: gap.before, behind: gap.behind };
}

interface LevelStep extends LevelShift {
  /** Of the logarithm where levels are factors, so that up and down weigh the same. */
  readonly size: number;
  readonly least: number;
}

function stepOf(history: History): LevelStep | null {
  const { before, behind, isFactor } = sideLevels(history, Math.max(history.season, 7));
  if (Number.isNaN(before) || Number.isNaN(behind)) return null;
  if (isFactor) {
    const least = history.profile.mean / 1000;
    return { before, behind, size: Math.abs(Math.log((behind + least) / (before + least))), least: Math.log(1.2) };
  }
  return { before, behind, size: Math.abs(behind - before), least: Math.abs(before + behind) / 10 };
}
