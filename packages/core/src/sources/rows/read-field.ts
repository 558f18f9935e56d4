import { parseOffset } from '../../model/event/offset.js';
import type { TimeUnit } from './event-mapping.js';
import { parseTime } from './parse-time.js';
import { badColumn, readColumn, type Column } from './read-column.js';
import { describeRowPlace, type RowPlace } from './row-source.js';

/** An offset, as a number or as text. */
export function readOffset(from: Column, row: unknown, place: () => RowPlace): number {
  const value = readColumn(from, row, place);
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  // The place of the row takes as long to tell as all the rest, so it is told for text that is none only.
  if (typeof value === 'string' && value.length < 16 && /^\d+$/.test(value)) return Number(value);
  if (typeof value !== 'string') throw badColumn(from.name, 'an offset', value, place());
  return parseOffset(value, `${describeRowPlace(place())}: column ${JSON.stringify(from.name)}`);
}

/** Keys and ids: text as it is; numbers and booleans as their JSON text; null and a missing optional column as null. */
export function readText(from: Column, row: unknown, place: () => RowPlace): string | null {
  const value = readColumn(from, row, place);
  if (typeof value === 'string') return value;
  if (value === null || value === undefined) return null;
  if (typeof value === 'number' || typeof value === 'boolean') return JSON.stringify(value);
  throw badColumn(from.name, 'a text or a number', value, place());
}

/** Milliseconds, NaN for a missing time. A column of `timeColumns` knows its unit, whatever the mapping says. */
export function readTime(
  from: Column,
  declared: TimeUnit | null,
  row: unknown,
  place: () => RowPlace,
  zone: string | null = null,
  timeColumns?: ReadonlySet<string>,
): number {
  const value = readColumn(from, row, place);
  const unit = timeColumns?.has(from.name) === true ? 'milliseconds' : declared;
  const time = parseTime(value, unit, zone);
  if (time !== undefined) return time;
  const expected =
    unit === null
      ? zone !== null && typeof value === 'string'
        ? `a time in ISO 8601 form that clocks in ${zone} show once`
        : 'a time in ISO 8601 form (for numbers the mapping must name the unit, e.g. unit: milliseconds)'
      : `a time in ${unit} or in ISO 8601 form`;
  throw badColumn(from.name, expected, value, place());
}
