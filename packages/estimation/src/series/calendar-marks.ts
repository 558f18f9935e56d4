import { zoneOffsetAt } from '@eventmend/core/rows';

/** What a slot is on the calendar of its zone. */
export interface CalendarMark {
  /** Local date of its start, `YYYY-MM-DD`. */
  readonly date: string;
  /** 0 for Monday to 6 for Sunday. */
  readonly weekday: number;
  /** 0 to 23. */
  readonly hour: number;
  /** 1 to 12. */
  readonly month: number;
  /** The last day of its month. */
  readonly isMonthEnd: boolean;
  /** One of the dates that were given as holidays; never known otherwise. */
  readonly isHoliday: boolean;
}

const day = 86_400_000;

export function calendarMark(start: number, zone: string, holidays: ReadonlySet<string>): CalendarMark {
  const shown = start + zoneOffsetAt(start, zone);
  const local = new Date(shown);
  const date = local.toISOString().slice(0, 10);
  return {
    date,
    weekday: (local.getUTCDay() + 6) % 7,
    hour: local.getUTCHours(),
    month: local.getUTCMonth() + 1,
    isMonthEnd: new Date(shown + day).getUTCMonth() !== local.getUTCMonth(),
    isHoliday: holidays.has(date),
  };
}
