import type { EventLog } from '../../model/log/event-log.js';
import type { Incident } from '../file/incident.js';

/**
 * The log with its values decoded by the schemas that the incident names, or that were saved in an archive; the log itself
 * where values are JSON.
 */
export async function decodeWithSchemas(log: EventLog, { log: { schemas, archives } }: Incident): Promise<EventLog> {
  if (schemas === null) return log;
  const { withSchemas } = await import('../../sources/schemas/with-schemas.js');
  if (schemas.registry !== null)
    return withSchemas(log, { ...schemas.decoding, schemas: { registry: schemas.registry } });
  const { savedSchemas } = await import('../../sources/archive/saved-schemas.js');
  const stored = archives.flatMap((file) => savedSchemas(file));
  return withSchemas(log, { ...schemas.decoding, schemas: { stored } });
}
