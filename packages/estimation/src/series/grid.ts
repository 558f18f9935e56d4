import { RecoveryError } from '@eventmend/core';
import { zoneOffsetAt } from '@eventmend/core/rows';

/** The length of a slot by the clocks and the calendar of a zone. Weeks begin on Monday. */
export type GridStep = 'hour' | 'day' | 'week' | 'month';

const hour = 3_600_000;
const day = 24 * hour;

/** The start of the slot that an instant falls into. */
export function slotStart(instant: number, step: GridStep, zone: string): number {
  const shown = instant + zoneOffsetAt(instant, zone);
  if (step === 'hour') return instant - modulo(shown, hour);
  const midnight = shown - modulo(shown, day);
  if (step === 'day') return instantOf(midnight, zone);
  // 1 January 1970 was a Thursday.
  if (step === 'week') return instantOf(midnight - modulo(midnight / day + 3, 7) * day, zone);
  const date = new Date(midnight);
  return instantOf(Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1), zone);
}

/** The start of the slot behind the one that begins at `start`. A day in which clocks are changed has 23 or 25 hours. */
function nextSlot(start: number, step: GridStep, zone: string): number {
  if (step === 'hour') return start + hour;
  const shown = start + zoneOffsetAt(start, zone);
  // The clocks may have skipped midnight: then the day began later than it shows.
  const midnight = shown - modulo(shown, day);
  if (step !== 'month') return instantOf(midnight + (step === 'day' ? 1 : 7) * day, zone);
  const date = new Date(midnight);
  return instantOf(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1), zone);
}

const mostSlots = 1_000_000;

/**
 * Starts of all slots from the one that holds `from` to the one in front of `to`, and the end of the last.
 * @throws RecoveryError `unusable-series` for more than a million
 */
export function slotEdges(from: number, to: number, step: GridStep, zone: string): number[] {
  return continueEdges([slotStart(from, step, zone)], to, step, zone);
}

/** The same edges, and behind them those that lead to `to`. */
export function continueEdges(edges: ArrayLike<number>, to: number, step: GridStep, zone: string): number[] {
  const all = Array.from(edges);
  while (all.at(-1)! < to) {
    if (all.length > mostSlots) throw tooLong(all[0]!, to, step);
    all.push(nextSlot(all.at(-1)!, step, zone));
  }
  return all;
}

function tooLong(from: number, to: number, step: GridStep): RecoveryError {
  const dates = [from, to].map((time) => new Date(time).toISOString().slice(0, 10)).join(' to ');
  return new RecoveryError('unusable-series', `from ${dates} there are more than a million slots of one ${step}`, {
    hint: 'is one of the times wrong? Otherwise take a longer step',
  });
}

/** The first instant at which clocks of a zone show a time, or one behind it where they skip it. */
function instantOf(shown: number, zone: string): number {
  const offsets = [zoneOffsetAt(shown - day, zone), zoneOffsetAt(shown + day, zone)];
  const candidates = offsets.map((offset) => shown - offset).filter((at) => at + zoneOffsetAt(at, zone) === shown);
  if (candidates.length > 0) return Math.min(...candidates);
  let [before, behind] = [shown - Math.max(...offsets), shown - Math.min(...offsets)];
  // Clocks are changed at a whole minute.
  while (behind - before > 60_000) {
    const middle = before + Math.floor((behind - before) / 120_000) * 60_000;
    if (middle + zoneOffsetAt(middle, zone) < shown) before = middle;
    else behind = middle;
  }
  return behind;
}

function modulo(value: number, by: number): number {
  return ((value % by) + by) % by;
}
