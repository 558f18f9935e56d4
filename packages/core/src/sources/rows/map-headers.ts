import { InexactNumber } from '../../model/json/exact-number.js';
import type { EventHeaders } from '../../model/log/event-page.js';
import { badColumn, readColumn, type Column } from './read-column.js';
import type { RowPlace } from './row-source.js';

/** Headers of a row: an object of names and texts, or a list of name and text pairs; null for none. Bytes stand as {base64}. */
export function mapHeaders(from: Column, row: unknown, place: () => RowPlace): EventHeaders | null {
  const value = readColumn(from, row, place);
  const headers = readHeaders(value);
  if (headers === undefined)
    throw badColumn(from.name, 'headers (an object of texts, or a list of pairs)', value, place());
  return headers;
}

/** The same for a value at hand; undefined when it is not headers. Text that is JSON is understood (CSV). */
export function readHeaders(value: unknown): EventHeaders | null | undefined {
  if (value === null || value === undefined || value === '') return null;
  if (typeof value === 'string') return readText(value);
  if (typeof value !== 'object' || value instanceof InexactNumber) return undefined;
  const pairs: readonly unknown[] = Array.isArray(value) ? value : Object.entries(value);
  return pairs.every(isPair) ? pairs : undefined;
}

function readText(text: string): EventHeaders | null | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'string' ? undefined : readHeaders(parsed);
  } catch {
    return undefined;
  }
}

function isPair(pair: unknown): pair is EventHeaders[number] {
  return Array.isArray(pair) && pair.length === 2 && typeof pair[0] === 'string' && isHeaderValue(pair[1]);
}

function isHeaderValue(value: unknown): boolean {
  if (value === null || typeof value === 'string') return true;
  if (typeof value !== 'object' || Array.isArray(value)) return false;
  const members = Object.entries(value);
  return members.length === 1 && members[0]?.[0] === 'base64' && typeof members[0][1] === 'string';
}
