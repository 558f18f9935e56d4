import { RecoveryError } from '../../model/errors/recovery-error.js';

export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** `shop.outputs` in PostgreSQL's way: the schema may stand in front, with a dot between. */
export function quoteTable(name: string): string {
  return name.split('.').map(quoteIdentifier).join('.');
}

export function tableNotFound(location: string, name: string, what: string): RecoveryError {
  return new RecoveryError('publication-refused', `${location}: ${what} ${JSON.stringify(name)}`, {
    hint: 'outputs are written to a table that exists: name it under live.outputs.table, or make the new one first',
    details: { location, table: name },
  });
}
