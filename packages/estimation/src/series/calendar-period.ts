import { RecoveryError } from '@eventmend/core';
import { parseTime } from '@eventmend/core/rows';
import type { Period } from '../arithmetic/booking.js';

/** A year, a quarter, a month or a day by the clocks of a zone. */
export interface CalendarPeriod extends Period {
  /** As it is written: `2026-11`. */
  readonly name: string;
}

const form = /^(\d{4})(?:-(?:Q([1-4])|(\d\d)(?:-(\d\d))?))?$/;

/**
 * Reads `2026`, `2026-Q4`, `2026-11` or `2026-11-03`.
 * @throws RecoveryError `invalid-argument` for anything else
 */
export function parsePeriod(text: string, zone: string): CalendarPeriod {
  const name = text.trim();
  const parts = form.exec(name);
  const [, year = '', quarter, month, day] = parts ?? [];
  const first = new Date(0);
  first.setUTCFullYear(
    Number(year),
    quarter === undefined ? Number(month ?? 1) - 1 : 3 * Number(quarter) - 3,
    Number(day ?? 1),
  );
  const last = new Date(first);
  if (day !== undefined) last.setUTCDate(last.getUTCDate() + 1);
  else last.setUTCMonth(last.getUTCMonth() + (quarter !== undefined ? 3 : month !== undefined ? 1 : 12));
  const isRolled =
    (month !== undefined && first.getUTCMonth() + 1 !== Number(month)) ||
    (day !== undefined && first.getUTCDate() !== Number(day));
  const [from, to] = [first, last].map((date) => parseTime(date.toISOString().slice(0, 10), null, zone));
  if (parts !== null && !isRolled && from !== undefined && to !== undefined && from < to) return { name, from, to };
  throw new RecoveryError('invalid-argument', `${JSON.stringify(name)} is no period`, {
    hint: 'write a year, a quarter, a month or a day: 2026, 2026-Q4, 2026-11, 2026-11-03',
  });
}
