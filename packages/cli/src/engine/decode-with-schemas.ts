import type { EventLog } from '@eventmend/core';
import type { Incident } from '../incident/incident.js';
import type { Engine } from './engine.js';

/**
 * The log with its values decoded by the schemas that the incident names, or that were saved in an archive; the log itself
 * where values are JSON.
 */
export async function decodeWithSchemas(
  log: EventLog,
  { log: { schemas, archives } }: Incident,
  engine: Engine,
): Promise<EventLog> {
  if (schemas === null) return log;
  const { withSchemas } = await engine.schemas();
  if (schemas.registry !== null)
    return withSchemas(log, { ...schemas.decoding, schemas: { registry: schemas.registry } });
  const { savedSchemas } = await engine.archives();
  const stored = archives.flatMap((file) => savedSchemas(file));
  return withSchemas(log, { ...schemas.decoding, schemas: { stored } });
}
