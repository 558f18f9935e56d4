import { RecoveryError } from '../../../model/errors/recovery-error.js';
import { marksTable, type OutputTable } from '../../../sources/tables/output-table.js';
import type { PublicationWarning } from '../publication-warning.js';
import type { RowShape } from './row-shape.js';

/**
 * Refuses tables that cannot take the rows.
 * @throws RecoveryError `publication-refused`
 */
export function checkTable(
  { name, location, columns, missingPermissions, hasMarks }: OutputTable,
  shape: RowShape,
): readonly PublicationWarning[] {
  const refused = (what: string, hint: string) =>
    new RecoveryError('publication-refused', `${location}: the table ${name} ${what}`, {
      hint,
      details: { location, table: name },
    });
  const known = new Map(columns.map((column) => [column.name, column]));
  const absent = shape.columns.filter((column) => !known.has(column));
  if (absent.length > 0) {
    throw refused(`has no column ${absent.map(quoted).join(', ')}`, 'correct live.outputs.mapping, or the table');
  }
  const computed = shape.columns.filter((column) => known.get(column)?.generated === true);
  if (computed.length > 0) {
    throw refused(
      `computes ${computed.map(quoted).join(', ')} itself: nothing can be written there`,
      'correct live.outputs.mapping',
    );
  }
  if (known.get(shape.idColumn)?.unique !== true) {
    throw refused(
      `has no unique key on ${quoted(shape.idColumn)} alone, the id of an output`,
      `a row is written over by its id: CREATE UNIQUE INDEX ON ${name} (${shape.idColumn})`,
    );
  }
  const unfilled = columns.filter(({ name: column, required }) => required && !shape.columns.includes(column));
  if (unfilled.length > 0) {
    throw refused(
      `demands a value in ${unfilled.map((column) => quoted(column.name)).join(', ')}, of which the mapping says nothing`,
      'map the column, or give it a default',
    );
  }
  if (missingPermissions.length > 0) {
    throw refused(
      `may not be written to: missing ${missingPermissions.join('; ')}`,
      'ask who runs the database to grant that',
    );
  }
  return hasMarks ? [] : [{ kind: 'makes-table', table: marksTable }];
}

function quoted(name: string): string {
  return JSON.stringify(name);
}
