import { RecoveryError } from '../../model/errors/recovery-error.js';
import { inexactReason } from '../../model/json/exact-number.js';
import { inexactAsText, pathOfInexact } from '../../model/json/keep-digits.js';
import { describeRowPlace, type RowBatch, type RowPlace } from './row-source.js';

/**
 * What becomes of numbers that a double cannot give back: an error that names them (the default), or the texts that they
 * are, while all other numbers stay numbers.
 */
export type NumberForm = 'exact' | 'text';

/** A row for a mapping: where it says `numbers: text`, with texts in the place of every `InexactNumber`. */
export function rowForMapping(batch: RowBatch, index: number, numbers: NumberForm | undefined): unknown {
  const row = batch.values[index];
  return numbers === 'text' && batch.inexact?.has(index) === true ? inexactAsText(row) : row;
}

/** @throws RecoveryError `invalid-field` where what was made of a row holds a number that a double cannot give back. */
export function refuseInexact(made: unknown, batch: RowBatch, index: number): void {
  if (batch.inexact?.has(index) !== true) return;
  const path = pathOfInexact(made);
  if (path !== null) throw inexactField(path, batch.place(index));
}

export function inexactField(path: string, place: RowPlace): RecoveryError {
  return new RecoveryError('invalid-field', `${describeRowPlace(place)}: ${path} is ${inexactReason}`, {
    hint: 'with numbers: text in the mapping such numbers become texts; or leave the column out',
    details: { ...place, path },
  });
}
