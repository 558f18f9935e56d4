import type { CalendarMark } from './calendar-marks.js';
import type { GridStep } from './grid.js';

/** Slots of the season of each step: a week, a week, a year, a year. */
export const seasonOfStep = { hour: 168, day: 7, week: 52, month: 12 } as const satisfies Record<GridStep, number>;

const sunday = 6;

/**
 * The place of a slot in its season. By the calendar of the zone, so that an hour of a day is the same phase on both sides of a
 * change of the clocks. A holiday counts as a Sunday, as load forecasting has it (Hong & Fan 2016, "Probabilistic electric
 * load forecasting", section 4.2). A season of another length is counted from the first slot.
 * @param index of the slot in its series
 */
export function slotPhase(mark: CalendarMark, index: number, step: GridStep, season: number | null): number {
  if (season !== null) return index % season;
  const weekday = mark.isHoliday ? sunday : mark.weekday;
  switch (step) {
    case 'hour':
      return weekday * 24 + mark.hour;
    case 'day':
      return weekday;
    case 'week':
      return weekOfYear(mark.date);
    case 'month':
      return mark.month - 1;
  }
}

/** 0 to 51: the 53rd week that some years have is like the last. */
function weekOfYear(date: string): number {
  const time = Date.parse(date);
  return Math.min(51, Math.floor((time - Date.UTC(new Date(time).getUTCFullYear(), 0, 1)) / (7 * 86_400_000)));
}
