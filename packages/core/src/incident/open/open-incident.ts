import type { IncidentDocument } from '../file/incident-schema.js';
import type { Incident } from '../file/incident.js';
import type { OpenIncident, OpenIncidentOptions } from './opened-incident.js';

/** An incident as a program writes it: the members of an incident file, of which a name and the version may be left out. */
export type IncidentSettings = Omit<IncidentDocument, 'format_version' | 'name'> &
  Partial<Pick<IncidentDocument, 'format_version' | 'name'>>;

/**
 * Opens what an incident names, each thing once; nothing is read yet. The archives come first, then Kafka, then files.
 * @param source the path of an incident file; the same as a plain object, with paths relative to the current folder; or
 *   an incident that was read already
 * @throws RecoveryError `invalid-configuration` where it is not valid, `file-unavailable` where a file cannot be read,
 *   and what opening its logs throws
 */
export async function openIncident(
  source: string | IncidentSettings | Incident,
  options: OpenIncidentOptions = {},
): Promise<OpenIncident> {
  // Each worker module imports the root of this package, for `defineWorker`: what opens an incident is loaded on use.
  const { openNamed } = await import('./open-named.js');
  return openNamed(await incidentOf(source), options);
}

async function incidentOf(source: string | IncidentSettings | Incident): Promise<Incident> {
  if (typeof source === 'string') return (await import('../file/read-incident.js')).readIncident(source);
  if ('digest' in source) return source;
  const { checkIncident } = await import('../file/parse-incident.js');
  return checkIncident({ format_version: 1, name: 'incident', ...source });
}
