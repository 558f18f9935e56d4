import type { PathSlot } from '../estimate.js';
import { fitProfile } from '../totals/fit-profile.js';
import type { GapAmount } from './cover-gap.js';

/**
 * The estimated path of a gap, moved as little as can be until it adds up to what totals say (see `fitProfile`): how the known
 * amount may have been shared out. Null where no totals make up the whole gap exactly, and where a path with amounts below zero
 * or of nothing but zeros cannot be moved so.
 */
export function fitToTotals(path: readonly PathSlot[], amount: GapAmount): readonly number[] | null {
  if (amount.status !== 'exact') return null;
  const profile = path.map(({ estimate }) => estimate);
  const totals = amount.parts.map(({ span, low }) => ({ ...span, value: Number(low.amount) }));
  const isUsable =
    profile.every((value) => value >= 0) &&
    totals.every(({ from, to }) => profile.slice(from, to).some((value) => value > 0));
  if (!isUsable) return null;
  const fitted = [...fitProfile(profile, totals)];
  return fitted.every((value) => value >= 0) || totals.some(({ value }) => value < 0) ? fitted : null;
}
