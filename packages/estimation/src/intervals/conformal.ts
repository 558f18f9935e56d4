/** A range that holds the truth as often as its level says. `high` is Infinity, and `low` -Infinity or 0, where nothing can be said. */
export interface Interval {
  /** 0.8, 0.9 or 0.95. */
  readonly level: number;
  readonly low: number;
  readonly high: number;
}

export const intervalLevels = [0.8, 0.9, 0.95] as const;

/** Fewer scores that do not overlap than a level of 95 % needs are few. */
export const fewIndependent = 19;

/**
 * The distance that a further score stays within with the probability of the level: the ceil((B + 1) level)-th smallest of B
 * scores, which is right for every B if the scores are exchangeable (Vovk, Gammerman & Shafer 2005, "Algorithmic Learning in
 * a Random World"; Lei et al. 2018, "Distribution-free predictive inference for regression"). Infinity where B is too small: 19
 * are needed for 0.95, 9 for 0.9, 4 for 0.8. Scores of spans that overlap say less than their number: where fewer than 19 are
 * `independent`, the rank is the one that so many would need, at most that of the largest.
 */
export function conformalQuantile(scores: ArrayLike<number>, level: number, independent = scores.length): number {
  const count = scores.length;
  // 0.95 * 20 is 19 and not a hair more.
  const rank = Math.ceil((count + 1) * level - 1e-9);
  if (rank > count) return Infinity;
  if (independent >= fewIndependent) return Float64Array.from(scores).sort()[rank - 1]!;
  const cautious = Math.min(count, Math.ceil((count / independent) * (independent + 1) * level - 1e-9));
  return Float64Array.from(scores).sort()[Math.max(rank, cautious) - 1]!;
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
