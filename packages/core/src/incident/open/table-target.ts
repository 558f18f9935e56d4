import { RecoveryError } from '../../model/errors/recovery-error.js';
import type { TableTarget } from '../../runs/publish/table/table-target.js';
import type { Incident } from '../file/incident.js';

/**
 * The table that the outputs of an incident go into, where `live.outputs` names one of a database; null where it does not.
 * @param rebuilt the name of another table of that database, to be filled anew; null for corrections
 * @throws RecoveryError `publication-refused` for a rebuilt table that is the service's own
 */
export function tableTarget(incident: Incident, rebuilt: string | null): TableTarget | null {
  const { outputs } = incident.live;
  if (outputs === null) return null;
  const { rows, mapping } = outputs;
  const table =
    rows.kind === 'sqlite' && 'table' in rows.from
      ? rows.from.table
      : rows.kind === 'postgres'
        ? rows.table
        : undefined;
  if (table === undefined || (rows.kind !== 'sqlite' && rows.kind !== 'postgres')) return null;
  if (rebuilt === table) {
    throw new RecoveryError('publication-refused', `${rebuilt} is the table that the service writes to`, {
      hint: 'a rebuilt table is a new one; what is owed to the readers of this one are its corrections: --corrections',
    });
  }
  const location =
    rows.kind === 'sqlite'
      ? { kind: rows.kind, file: rows.file }
      : { kind: rows.kind, url: rows.url, ...(rows.tls !== undefined && { tls: rows.tls }) };
  return { location, table: rebuilt ?? table, mapping };
}
