import type { Money } from '../arithmetic/money.js';
import type { CalendarPeriod } from '../series/calendar-period.js';

/** What a period came to, as somebody says. */
export interface PeriodTotal extends CalendarPeriod {
  readonly total: Money;
  /** Who says so, for people. */
  readonly of: string;
}

/** By which a total is named among others of the same period. */
export function totalName({ name, of }: PeriodTotal): string {
  return `${name} (${of})`;
}
