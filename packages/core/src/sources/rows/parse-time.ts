import { InexactNumber } from '../../model/json/exact-number.js';
import type { TimeUnit } from './event-mapping.js';
import { instantInZone } from './zone-time.js';

/** How many nanoseconds a unit has. */
const nanoseconds = {
  seconds: 1_000_000_000n,
  milliseconds: 1_000_000n,
  microseconds: 1000n,
  nanoseconds: 1n,
} as const;
const perMillisecond = { milliseconds: 1, microseconds: 1000, nanoseconds: 1_000_000 } as const;

const isoForm =
  /^(\d{4}|[+-]\d{6})-(\d\d)-(\d\d)(?:[T ]\d\d:\d\d(?::\d\d(?:[.,](\d{1,9}))?)?(Z|z|[+-]\d\d(?::?\d\d)?)?)?$/;
const numberForm = /^[+-]?\d+(?:\.\d+)?$/;

/**
 * Milliseconds since 1970 of a time, with micro- and nanoseconds as their fraction: NaN for a missing one (null,
 * undefined, empty text), undefined for one that cannot be understood. Text in ISO 8601 form is recognised with any unit;
 * where it names no zone it is in `zone`, which is UTC by default, so that the result does not depend on the machine.
 * Numbers (and texts of digits) need the unit.
 */
export function parseTime(value: unknown, unit: TimeUnit | null, zone: string | null = null): number | undefined {
  if (typeof value === 'number') return unit === null ? undefined : fromNumber(value, unit);
  if (value instanceof InexactNumber) return parseTime(value.text, unit);
  if (value === null || value === undefined || value === '') return NaN;
  if (typeof value !== 'string') return undefined;
  const iso = isoForm.exec(value);
  if (iso !== null) return parseIso(value, iso, zone);
  return unit !== null && numberForm.test(value) ? fromText(value, unit) : undefined;
}

/** Nanoseconds since 1970 of a text in ISO 8601 form; null for any other. */
export function nanosecondsOf(text: string): bigint | null {
  const iso = isoForm.exec(text);
  if (iso === null || !text.includes(':')) return null;
  const milliseconds = wholeMilliseconds(text, iso, null);
  return milliseconds === undefined ? null : BigInt(milliseconds) * 1_000_000n + BigInt(belowMillisecond(iso));
}

/** Nanoseconds. */
function belowMillisecond(iso: RegExpExecArray): number {
  return Number(fractionOf(iso).slice(3));
}

/** Nine digits behind the second. */
function fractionOf(iso: RegExpExecArray): string {
  return (iso[4] ?? '').padEnd(9, '0');
}

function fromNumber(value: number, unit: TimeUnit): number | undefined {
  if (Number.isNaN(value)) return NaN;
  if (!Number.isFinite(value)) return undefined;
  // 0.001 of a second has no exact binary form.
  if (unit === 'seconds') return Number.isInteger(value) ? value * 1000 : fromText(String(value), unit);
  return value / perMillisecond[unit];
}

/** Digits and at most one point: exact, whatever their number. */
function fromText(text: string, unit: TimeUnit): number | undefined {
  const parts = /^([+-]?)(\d+)(?:\.(\d+))?$/.exec(text);
  if (parts === null) return undefined;
  const [, sign = '', whole = '0', fraction = ''] = parts;
  const scaled = BigInt(whole + fraction) * nanoseconds[unit];
  const all = scaled / 10n ** BigInt(fraction.length);
  const [milliseconds, rest] = [all / 1_000_000n, all % 1_000_000n];
  const time = Number(milliseconds) + Number(rest) / 1_000_000;
  return sign === '-' ? 0 - time : time;
}

function parseIso(text: string, iso: RegExpExecArray, zone: string | null): number | undefined {
  const milliseconds = wholeMilliseconds(text, iso, zone);
  return milliseconds === undefined ? undefined : milliseconds + belowMillisecond(iso) / 1_000_000;
}

/** The digits below a millisecond cut off, in front of 1970 too. */
function wholeMilliseconds(text: string, iso: RegExpExecArray, zone: string | null): number | undefined {
  const [, year, month, day, , named] = iso;
  let form = text.replace(' ', 'T').replace(',', '.');
  if (named !== undefined) form = form.slice(0, -named.length) + zoneWithColon(named);
  else if (form.includes('T')) form += 'Z';
  const time = Date.parse(form);
  if (Number.isNaN(time)) return undefined;
  // Date.parse turns 30 February into 2 March without a word.
  const lastDay = Number(day) <= 28 ? 28 : new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
  if (Number(day) > lastDay) return undefined;
  return named === undefined && zone !== null ? instantInZone(time, zone) : time;
}

/** `+0530` and `+05` in the one form that Date.parse knows. */
function zoneWithColon(zone: string): string {
  if (zone.length === 1) return 'Z';
  return zone.length === 3 ? `${zone}:00` : zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone;
}
