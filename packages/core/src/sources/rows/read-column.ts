import { RecoveryError } from '../../model/errors/recovery-error.js';
import { inexactReason, InexactNumber } from '../../model/json/exact-number.js';
import { nearestName } from '../../worker/nearest-name.js';
import { describeRowPlace, type RowPlace } from './row-source.js';
import type { ColumnName, ColumnReference } from './event-mapping.js';

/** Gives a column of a row; undefined where the row lacks it. */
type ColumnReader = (row: unknown) => unknown;

/** A column made ready for reading. */
export interface Column {
  readonly name: ColumnName;
  readonly optional: boolean;
  readonly read: ColumnReader;
}

/** Own properties only, so that a column called `constructor` or `__proto__` is what the row says and nothing else. */
export function column(reference: ColumnReference): Column {
  const name = typeof reference === 'string' ? reference : reference.column;
  const optional = typeof reference === 'string' ? false : reference.optional === true;
  return { name, optional, read: columnReader(name) };
}

function columnReader(name: ColumnName): ColumnReader {
  const path = name.split('.');
  const inherited = name in Object.prototype;
  return (row) => {
    if (row === null || typeof row !== 'object') return undefined;
    // Rows are plain data: a name that Object.prototype does not have can only be the row's own, which saves a look-up.
    const value = inherited && !Object.hasOwn(row, name) ? undefined : (row as Record<string, unknown>)[name];
    return value === undefined && path.length > 1 ? readPath(row, path) : value;
  };
}

function readPath(row: object, path: readonly string[]): unknown {
  let value: unknown = row;
  for (const step of path) {
    if (value === null || typeof value !== 'object' || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string, unknown>)[step];
  }
  return value;
}

/**
 * The value of a column; undefined only for an optional one that the row lacks.
 * @throws RecoveryError `invalid-field` with the nearest right name when the row lacks it.
 */
export function readColumn(from: Column, row: unknown, place: () => RowPlace): unknown {
  const value = from.read(row);
  if (value === undefined && !from.optional) throw missingColumn(from.name, row, place());
  return value;
}

function missingColumn(name: string, row: unknown, place: RowPlace): RecoveryError {
  const where = describeRowPlace(place);
  if (row === null || typeof row !== 'object' || Array.isArray(row)) {
    return new RecoveryError(
      'invalid-field',
      `${where}: the row is not an object, so it has no column ${quote(name)}`,
      {
        hint: 'the mapping needs rows with named columns',
        details: { ...place, column: name },
      },
    );
  }
  const names = Object.keys(row);
  const nearest = nearestName(name, names);
  const shown = names.slice(0, 12).map(quote).join(', ') + (names.length > 12 ? ', …' : '');
  return new RecoveryError('invalid-field', `${where}: the row has no column ${quote(name)}`, {
    hint:
      nearest === null
        ? `it has ${shown}; a column that rows may lack is written {column: …, optional: true}`
        : `did you mean ${quote(nearest)}? The row has ${shown}`,
    details: { ...place, column: name, nearest },
  });
}

/** @throws RecoveryError `invalid-field`: the column holds something that cannot be used. */
export function badColumn(name: string, expected: string, value: unknown, place: RowPlace): RecoveryError {
  if (value instanceof InexactNumber) {
    return new RecoveryError(
      'invalid-field',
      `${describeRowPlace(place)}: column ${quote(name)} holds ${inexactReason}`,
      {
        hint: 'with numbers: text in the mapping it becomes a text, digit by digit',
        details: { ...place, column: name },
      },
    );
  }
  const kind = value === null ? 'null' : Array.isArray(value) ? 'a list' : `a value of type ${typeof value}`;
  return new RecoveryError(
    'invalid-field',
    `${describeRowPlace(place)}: column ${quote(name)} holds ${kind}, not ${expected}`,
    {
      hint: 'correct the mapping, or the row',
      details: { ...place, column: name },
    },
  );
}

function quote(name: string): string {
  return JSON.stringify(name.slice(0, 60));
}
