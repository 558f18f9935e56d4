import type { History } from '../methods/history.js';
import { quantityOf, type Target } from './target.js';

/**
 * The size with which an error may grow. Of a level how far a change is likely to be from the mean of those of its phase, by how much it changes
 * from slot to slot around the gap: a level may stand high and hardly move. Else what was estimated, for what cannot be negative (with which power of it they grow, the errors of the masks say: `intervals/error-growth.ts`); at least a
 * tenth of what an average gap of this length holds, so that an estimate near zero does not make every error endless. One for
 * what can be negative.
 */
export function errorSize(path: Float64Array, history: History, target: Target): number {
  if (history.isLevel) return meanChange(history) * beyondMean(history);
  if (!history.isNonNegative) return 1;
  const slots = target === 'total' ? path.length : 1;
  const size = target === 'path' ? quantityOf(path, 'total') / path.length : quantityOf(path, target);
  return positive(Math.max(size, (history.profile.meanOfSlots * slots) / 10));
}

/** The same for each slot of a path: night and day differ. */
export function slotSizes(path: Float64Array, history: History): Float64Array {
  if (history.isLevel) return new Float64Array(path.length).fill(meanChange(history) * beyondMean(history));
  if (!history.isNonNegative) return new Float64Array(path.length).fill(1);
  const least = history.profile.meanOfSlots / 10;
  return path.map((value) => positive(Math.max(value, least)));
}

function meanChange({ values }: History): number {
  let [sum, count] = [0, 0];
  for (let slot = 1; slot < values.length; slot++) {
    const change = Math.abs(values[slot]! - values[slot - 1]!);
    if (change !== change) continue;
    sum += change;
    count++;
  }
  return positive(sum / count);
}

/**
 * How far one more value is from the mean of so many, in their standard deviations: the root of 1 + 1/k (Hyndman & Athanasopoulos,
 * "Forecasting: Principles and Practice", section 5.5). A mask in the first weeks sees fewer seasons than the gap does, and errs by more; the level that goes
 * on by four changes of its phase has no use for more than four.
 */
function beyondMean({ values, season, from, to }: History): number {
  const seasons = Math.floor(from / season) + Math.floor((values.length - to) / season);
  return Math.sqrt(1 + 1 / Math.min(Math.max(seasons, 1), 4));
}

/** A history of nothing but zeros has no size: its errors are taken as they are. */
function positive(size: number): number {
  return size > 0 ? size : 1;
}
