import type { Interval } from '../intervals/conformal.js';
import type { GapAmount } from './cover-gap.js';

/**
 * The narrowest interval of an estimate from history alone that holds all of what totals say: null where none does, or nothing is
 * known. Outside of 95 % either the gap was like no other, or the totals mean something else.
 */
export function levelHolding(intervals: readonly Interval[], amount: GapAmount): number | null {
  if (amount.status !== 'exact' && amount.status !== 'bounded') return null;
  const [from, to] = amount.status === 'exact' ? [amount.amount, amount.amount] : [amount.low, amount.high];
  const holding = intervals.filter(({ low, high }) => low <= Number(from.amount) && Number(to.amount) <= high);
  return holding.reduce<number | null>((least, { level }) => Math.min(least ?? 1, level), null);
}
