import type { TimeUnit } from './event-mapping.js';

/** How many of a unit make a millisecond; seconds are treated apart, since 0.001 has no exact binary form. */
const perMillisecond = { milliseconds: 1, microseconds: 1000, nanoseconds: 1_000_000 } as const;

const isoForm =
  /^(\d{4}|[+-]\d{6})-(\d\d)-(\d\d)(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(Z|z|[+-]\d\d(?::?\d\d)?)?)?$/;
const numberForm = /^[+-]?\d+(?:\.\d+)?$/;

/**
 * Milliseconds since 1970 of a time: NaN for a missing one (null, undefined, empty text), undefined for one that cannot be
 * understood. Text in ISO 8601 form is recognised with any unit, and is UTC where it names no zone, so that the result
 * does not depend on the machine; numbers (and texts of digits) need the unit.
 */
export function parseTime(value: unknown, unit: TimeUnit | null): number | undefined {
  if (typeof value === 'number') return unit === null ? undefined : fromNumber(value, unit);
  if (value === null || value === undefined || value === '') return NaN;
  if (typeof value !== 'string') return undefined;
  const iso = isoForm.exec(value);
  if (iso !== null) return parseIso(value, iso);
  return unit !== null && numberForm.test(value) ? fromNumber(Number(value), unit) : undefined;
}

function fromNumber(value: number, unit: TimeUnit): number | undefined {
  if (Number.isNaN(value)) return NaN;
  if (!Number.isFinite(value)) return undefined;
  return unit === 'seconds' ? Math.round(value * 1000) : Math.floor(value / perMillisecond[unit]);
}

function parseIso(text: string, [, year, month, day, zone]: RegExpExecArray): number | undefined {
  let form = text.replace(' ', 'T').replace(',', '.');
  if (zone !== undefined) form = form.slice(0, -zone.length) + zoneWithColon(zone);
  else if (form.includes('T')) form += 'Z';
  const time = Date.parse(form);
  if (Number.isNaN(time)) return undefined;
  // Date.parse turns 30 February into 2 March without a word.
  const lastDay = Number(day) <= 28 ? 28 : new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
  return Number(day) <= lastDay ? time : undefined;
}

/** `+0530` and `+05` in the one form that Date.parse knows. */
function zoneWithColon(zone: string): string {
  if (zone.length === 1) return 'Z';
  return zone.length === 3 ? `${zone}:00` : zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone;
}
