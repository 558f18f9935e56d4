import { mean } from 'simple-statistics';
import { studentQuantile } from './student-t.js';

/** A range that holds the truth as often as its level says. `high` is Infinity, and `low` -Infinity or 0, where nothing can be said. */
export interface Interval {
  /** 0.8, 0.9 or 0.95. */
  readonly level: number;
  readonly low: number;
  readonly high: number;
}

export const intervalLevels = [0.8, 0.9, 0.95] as const;

/** With fewer scores, or fewer that count, a level of 95 % lies beyond the largest. */
export const fewIndependent = 19;

/**
 * The distance that a further score stays within with the probability of the level: the (B + 1) level-th smallest of B scores, which is
 * right for every B if the scores are exchangeable (Vovk, Gammerman & Shafer 2005, "Algorithmic Learning in a Random World"; Lei et
 * al. 2018, "Distribution-free predictive inference for regression"), and in a straight line between two of them (Beran & Hall 1993,
 * "Interpolated nonparametric prediction intervals and confidence intervals"), which holds no less often where small scores are the more frequent
 * ones. Infinity where B is too small: 19 are needed for 0.95, 9 for 0.9, 4 for 0.8.
 *
 * Scores of spans that overlap say less than their number. They are taken for the order statistics of as many as they are worth; where so few have
 * none of the level, for the errors of a normal distribution around zero, of which so many give the variance: the quantile of
 * Student's t times their root mean square (Hahn & Meeker 1991, "Statistical Intervals", section 4.7), and no less than the largest.
 * @param effective how many scores of spans that do not overlap would tell as much
 */
export function conformalQuantile(scores: ArrayLike<number>, level: number, effective = scores.length): number {
  const count = scores.length;
  // 0.95 * 20 is 19 and not a hair more.
  if ((count + 1) * level > count + 1e-9) return Infinity;
  const worth = Math.min(effective, count);
  const rank = (count / worth) * (worth + 1) * level;
  const sorted = Float64Array.from(scores).sort();
  const largest = sorted[count - 1]!;
  if (rank > count + 1e-9) {
    const spread = Math.sqrt(mean(Array.from(sorted, (score) => score * score)));
    return Math.max(largest, studentQuantile((1 + level) / 2, worth) * spread);
  }
  const below = Math.floor(rank + 1e-9);
  const [low, high] = [sorted[Math.max(below, 1) - 1]!, sorted[below] ?? largest];
  return low + Math.max(rank - below, 0) * (high - low);
}

/** An interval around an estimate: so many scales wide as the scores of the masks say. One-sided at zero. */
export function conformalInterval(
  estimate: number,
  scale: number,
  {
    scores,
    independent,
    level,
  }: { readonly scores: ArrayLike<number>; readonly independent?: number; readonly level: number },
  isNonNegative: boolean,
): Interval {
  const distance = conformalQuantile(scores, level, independent) * scale;
  // A scale that nobody knows makes an interval that says nothing, and not one without a width.
  const reach = Number.isNaN(distance) ? Infinity : distance;
  return { level, low: isNonNegative ? Math.max(0, estimate - reach) : estimate - reach, high: estimate + reach };
}

/** The same interval, so wide that it holds a value. */
export function widen({ level, low, high }: Interval, value: number): Interval {
  return { level, low: Math.min(low, value), high: Math.max(high, value) };
}
