import type { RecoveryInputs } from '../../evidence/inputs/recovery-inputs.js';
import type { RecordedOutputs } from '../../model/records/recorded-outputs.js';
import type { Resource } from '../../model/strategy/resource.js';
import type { RecordedEnds } from '../../sources/records/record-rows.js';
import type { IncidentDocument } from '../file/incident-schema.js';
import type { Incident } from '../file/incident.js';

/** An incident with everything that it names open, as the strategies take it. To be closed. */
export interface OpenIncident extends RecoveryInputs {
  /** The recorded outputs up to some ends of the output topic; absent where the incident names no such topic. To be closed. */
  readonly outputsUpTo?: (ends: RecordedEnds) => Promise<RecordedOutputs>;
  close(): void;
}

/** An incident as a program writes it: the members of an incident file, of which a name and the version may be left out. */
export type IncidentSettings = Omit<IncidentDocument, 'format_version' | 'name'> &
  Partial<Pick<IncidentDocument, 'format_version' | 'name'>>;

export interface OpenIncidentOptions {
  /** Takes note of a log that cannot be opened: the incident then goes without it. Else that is an error. */
  readonly withoutLog?: (lost: Resource) => void;
}

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
