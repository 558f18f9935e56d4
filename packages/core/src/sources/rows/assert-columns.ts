import { isRecoveryError } from '../../model/errors/recovery-error.js';
import type { RowPlace, RowReader } from './row-source.js';

/**
 * Compares a mapping with the stated columns of an input that has brought no row: nothing else would show that it is about
 * other columns, and no rows would count as none lost.
 * @param map what is done with each row
 * @throws RecoveryError `invalid-field` for a column that is not there
 */
export function assertColumns(
  file: string,
  { columns }: RowReader,
  map: (row: Readonly<Record<string, string>>, place: () => RowPlace) => unknown,
): void {
  if (columns === undefined || columns === null || columns.length === 0) return;
  try {
    map(Object.fromEntries(columns.map((name) => [name, '0'])), () => ({ file, unit: 'row', number: 0, byte: null }));
  } catch (error) {
    // That a made-up value does not fit says nothing.
    if (isRecoveryError(error) && error.details['nearest'] !== undefined) throw error;
  }
}
