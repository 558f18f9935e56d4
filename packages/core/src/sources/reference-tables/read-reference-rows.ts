import { RecoveryError, isRecoveryError } from '../../model/errors/recovery-error.js';
import { refuseInexact } from '../rows/inexact-rows.js';
import { detectRowFormat } from '../rows/detect-row-format.js';
import { openRows } from '../rows/open-rows.js';
import { parseTime } from '../rows/parse-time.js';
import { describeRowPlace } from '../rows/row-source.js';
import type { ReferenceRow } from '../../worker/reference-data.js';

const columns = ['key', 'valid_from', 'value'];

/**
 * Reads the rows of a reference file, `{key, valid_from, value}`, in every form that rows are read in: NDJSON (also
 * where the ending says nothing), CSV, TSV, Parquet, compressed or not. In CSV every value is text; where numbers or
 * objects are wanted, NDJSON says so without guessing. `valid_from` is milliseconds since 1970 or a time in ISO 8601,
 * in UTC where it names no zone; without one the row holds always.
 * @throws RecoveryError `invalid-reference-data` naming the row.
 */
export async function readReferenceRows(location: string): Promise<readonly ReferenceRow[]> {
  const rows: ReferenceRow[] = [];
  try {
    const source = await openRows(location, { format: detectRowFormat(location).format ?? 'ndjson' });
    const reader = source.open();
    try {
      for (let batch = await reader.next(); batch !== null; batch = await reader.next()) {
        for (let i = 0; i < batch.count; i++) {
          const row = toRow(batch.values[i]);
          if (typeof row === 'string') throw unreadable(`${describeRowPlace(batch.place(i))}: ${row}`);
          refuseInexact(row, batch, i);
          rows.push(row);
        }
      }
    } finally {
      reader.close();
    }
  } catch (cause) {
    if (!isRecoveryError(cause)) throw unreadable(location, cause);
    throw cause.code === 'invalid-reference-data' ? cause : unreadable(cause.message, cause, cause.hint);
  }
  return rows;
}

/** The row, or what is wrong with it. */
function toRow(row: unknown): ReferenceRow | string {
  if (typeof row !== 'object' || row === null || Array.isArray(row)) return 'it is not an object';
  const unknownName = Object.keys(row).find((name) => !columns.includes(name));
  if (unknownName !== undefined) return `it has an unknown field ${JSON.stringify(unknownName.slice(0, 60))}`;
  const { key, valid_from: validFrom, value } = row as { key?: unknown; valid_from?: unknown; value?: unknown };
  if (typeof key !== 'string') return 'its key is not a text';
  if (value === undefined) return 'it has no value';
  const time = readTime(validFrom);
  if (time === undefined) return `its valid_from is no time: ${JSON.stringify(validFrom).slice(0, 60)}`;
  return { key, validFrom: Number.isNaN(time) ? -Infinity : time, value };
}

/** NaN where there is none. A year alone would pass as two seconds after 1970, and is refused. */
function readTime(validFrom: unknown): number | undefined {
  const yearAlone = typeof validFrom === 'string' && /^\d{4}$/.test(validFrom);
  return yearAlone ? undefined : parseTime(validFrom, 'milliseconds');
}

function unreadable(what: string, cause?: unknown, hint?: string): RecoveryError {
  return new RecoveryError('invalid-reference-data', `reference data cannot be read: ${what}`, {
    hint: hint ?? 'a row is {"key": "...", "valid_from": "2026-01-31T00:00:00Z", "value": ...}, as NDJSON or CSV',
    ...(cause === undefined ? {} : { cause }),
  });
}
