import { RecoveryError } from '../errors/recovery-error.js';
import type { ReferenceRow } from './reference-data.js';

const columns = ['key', 'valid_from', 'value'];

/**
 * Reads the rows of a reference file: NDJSON with objects `{key, valid_from, value}`, or CSV with those columns. In CSV every
 * value is text; where numbers or objects are wanted, NDJSON says so without guessing. `valid_from` is milliseconds since
 * 1970 or a time as in ISO 8601 with its zone (a date alone is midnight UTC); without one the row holds always.
 * @throws RecoveryError EM3014 naming the row.
 */
export async function readReferenceRows(location: string, text: string): Promise<readonly ReferenceRow[]> {
  const withoutMark = text.startsWith('\uFEFF') ? text.slice(1) : text;
  if (location.toLowerCase().endsWith('.csv')) return readCsv(location, withoutMark);
  const rows: ReferenceRow[] = [];
  withoutMark.split('\n').forEach((line, index) => {
    if (line.trim() === '') return;
    let row: unknown;
    try {
      row = JSON.parse(line);
    } catch (cause) {
      throw unreadable(location, index + 1, 'it is not JSON', cause);
    }
    rows.push(toRow(row, location, index + 1));
  });
  return rows;
}

async function readCsv(location: string, text: string): Promise<readonly ReferenceRow[]> {
  const { parse } = await import('csv-parse/sync');
  let records: readonly { record: Readonly<Record<string, string>>; info: { lines: number } }[];
  try {
    records = parse(text, { columns: true, skip_empty_lines: true, info: true }) as never;
  } catch (cause) {
    throw unreadable(location, null, cause instanceof Error ? cause.message : 'it is not CSV', cause);
  }
  return records.map(({ record, info }) =>
    toRow({ ...record, valid_from: record['valid_from'] || undefined }, location, info.lines),
  );
}

function toRow(row: unknown, location: string, line: number): ReferenceRow {
  if (typeof row !== 'object' || row === null || Array.isArray(row))
    throw unreadable(location, line, 'it is not an object');
  const unknownName = Object.keys(row).find((name) => !columns.includes(name));
  if (unknownName !== undefined)
    throw unreadable(location, line, `it has an unknown field ${JSON.stringify(unknownName)}`);
  const { key, valid_from: validFrom, value } = row as { key?: unknown; valid_from?: unknown; value?: unknown };
  if (typeof key !== 'string') throw unreadable(location, line, 'its key is not a text');
  if (value === undefined) throw unreadable(location, line, 'it has no value');
  const time = readTime(validFrom);
  if (time === null)
    throw unreadable(location, line, `its valid_from is no time: ${JSON.stringify(validFrom)?.slice(0, 60)}`);
  return { key, validFrom: time, value };
}

/** A local time without a zone would mean another moment on another machine, and is refused. */
function readTime(given: unknown): number | null {
  if (given === undefined || given === null) return -Infinity;
  if (typeof given === 'number') return Number.isFinite(given) ? given : null;
  if (typeof given !== 'string') return null;
  if (/^-?\d{1,16}$/.test(given)) return Number(given);
  if (!/^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2}))?$/.test(given)) return null;
  const time = Date.parse(given);
  return Number.isNaN(time) ? null : time;
}

function unreadable(location: string, line: number | null, what: string, cause?: unknown): RecoveryError {
  const where = line === null ? location : `${location}, line ${line}`;
  return new RecoveryError('EM3014', `reference data cannot be read: ${where}: ${what}`, {
    hint: 'a row is {"key": "...", "valid_from": "2026-01-31T00:00:00Z", "value": ...}, as NDJSON or CSV',
    ...(cause === undefined ? {} : { cause }),
  });
}
