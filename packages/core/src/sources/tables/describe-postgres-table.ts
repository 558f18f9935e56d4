import type { AskPostgres } from './ask-postgres.js';
import { marksTable, type TableColumn } from './output-table.js';
import { quoteTable, tableNotFound } from './table-names.js';

export interface DescribedTable {
  readonly schema: string;
  readonly identity: string;
  readonly columns: readonly TableColumn[];
  /** The types of the columns as SQL names them, with their limits. */
  readonly types: ReadonlyMap<string, string>;
  readonly missingPermissions: readonly string[];
  readonly hasMarks: boolean;
}

/**
 * What the catalogue says of a table, and of what its user may do.
 * @throws RecoveryError `publication-refused` for one that is not there or no table; what asking throws
 */
export async function describePostgresTable(ask: AskPostgres, location: string, name: string): Promise<DescribedTable> {
  const found = await ask(
    `SELECT c.oid::text, n.nspname, c.relkind, d.oid::text || ' ' || d.datname,
       has_table_privilege(c.oid, 'SELECT'), has_table_privilege(c.oid, 'INSERT'), has_table_privilege(c.oid, 'UPDATE'),
       has_table_privilege(c.oid, 'DELETE'), has_schema_privilege(n.oid, 'CREATE'), m.oid::text,
       m.oid IS NOT NULL AND has_table_privilege(m.oid, 'SELECT') AND has_table_privilege(m.oid, 'INSERT')
         AND has_table_privilege(m.oid, 'UPDATE'),
       NOT row_security_active(c.oid), current_setting('transaction_read_only') = 'off'
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_database d ON d.datname = current_database()
     LEFT JOIN pg_class m ON m.relnamespace = n.oid AND m.relname = '${marksTable}'
     WHERE c.oid = to_regclass($1)`,
    [quoteTable(name)],
  );
  const [row] = found.rows;
  if (row === undefined) throw tableNotFound(location, name, 'there is no table');
  const [oid, schema, kind, database, ...granted] = row;
  if (kind !== 'r' && kind !== 'p') throw tableNotFound(location, name, 'it is no table:');
  const [select, insert, update, remove, create, marks, useMarks, seesAllRows, takesWrites] = granted;
  const lacking = (right: string, held: string | null | undefined, on: string) =>
    held === 't' ? [] : [`${right} on ${on}`];
  const described = await ask(
    `SELECT a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull AND NOT a.atthasdef AND a.attidentity = '',
       a.attgenerated <> '' OR a.attidentity = 'a',
       EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = a.attrelid AND i.indisunique AND i.indisvalid AND i.indimmediate
         AND i.indpred IS NULL AND i.indexprs IS NULL AND i.indnkeyatts = 1 AND i.indkey[0] = a.attnum)
     FROM pg_attribute a WHERE a.attrelid = $1::oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum`,
    [oid],
  );
  const text = (cell: string | null | undefined): string => cell ?? '';
  return {
    schema: text(schema),
    identity: `postgres ${text(database)} ${text(schema)} ${name}`,
    columns: described.rows.map(([column, , required, generated, unique]) => ({
      name: text(column),
      required: required === 't',
      generated: generated === 't',
      unique: unique === 't',
    })),
    types: new Map(described.rows.map(([column, type]) => [text(column), text(type)])),
    missingPermissions: [
      ...lacking('SELECT', select, name),
      ...lacking('INSERT', insert, name),
      ...lacking('UPDATE', update, name),
      ...lacking('DELETE', remove, name),
      ...(marks === null
        ? lacking('CREATE', create, `schema ${text(schema)}, for the table ${marksTable}`)
        : lacking('SELECT, INSERT, UPDATE', useMarks, marksTable)),
      // Rows that a policy hides would be taken for rows that are not there.
      ...(seesAllRows === 'f' ? [`BYPASSRLS, since row security may hide rows of ${name}`] : []),
      ...(takesWrites === 'f' ? ['a server that takes writes: this one is read-only'] : []),
    ],
    hasMarks: marks !== null,
  };
}
