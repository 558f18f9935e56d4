import { RecoveryError } from '../../../model/errors/recovery-error.js';
import { assertColumns } from '../../rows/assert-columns.js';
import { refuseInexact, rowForMapping } from '../../rows/inexact-rows.js';
import { badColumn, column, type Column } from '../../rows/read-column.js';
import { readText } from '../../rows/read-field.js';
import { describeRowPlace, type RowPlace, type RowReader } from '../../rows/row-source.js';
import { rowValueReader } from '../../rows/row-value.js';
import type { SnapshotRow } from '../../../model/snapshots/snapshot-source.js';
import type { StateMapping } from './row-snapshot.js';

/** Makes a key and its state of one row. @throws RecoveryError `invalid-field` with the row's place */
export type StateReader = (row: unknown, place: () => RowPlace) => SnapshotRow;

/** @throws RecoveryError `invalid-configuration` when the mapping contradicts itself. */
export function stateReader(mapping: StateMapping): StateReader {
  const key: Column = column(mapping.key);
  const state = rowValueReader(mapping.state);
  return (row, place) => {
    const name = readText(key, row, place);
    if (name === null) throw badColumn(key.name, 'the key of a state', null, place());
    return { key: name, state: state(row, place) ?? null };
  };
}

/**
 * The states of all rows; closes the reader. The keys are remembered, so the memory follows their number.
 * @throws RecoveryError `invalid-field` for a key that is null or a value of a wrong type, `invalid-snapshot` for a key
 *   that is there twice.
 */
export async function* readStates(
  location: string,
  reader: RowReader,
  mapping: StateMapping,
): AsyncGenerator<SnapshotRow> {
  const seen = new Set<string>();
  try {
    const read = stateReader(mapping);
    for (let batch = await reader.next(); batch !== null; batch = await reader.next()) {
      for (let i = 0; i < batch.count; i++) {
        const of = batch;
        const row = read(rowForMapping(of, i, mapping.numbers), () => of.place(i));
        refuseInexact(row.state, of, i);
        if (seen.size === seen.add(row.key).size) throw twice(row.key, mapping.key, of.place(i));
        yield row;
      }
    }
    if (seen.size === 0) assertColumns(location, reader, read);
  } finally {
    reader.close();
  }
}

function twice(key: string, name: string, place: RowPlace): RecoveryError {
  return new RecoveryError(
    'invalid-snapshot',
    `${describeRowPlace(place)}: key ${JSON.stringify(key.slice(0, 60))} is there twice`,
    {
      hint: `each key stands in one row: is ${JSON.stringify(name)} really the key, and has the table no older versions of rows?`,
      details: { ...place, key },
    },
  );
}
