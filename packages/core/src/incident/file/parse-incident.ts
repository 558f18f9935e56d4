import { incidentOf } from './incident-meaning.js';
import { incidentSchema } from './incident-schema.js';
import type { Incident } from './incident.js';
import { checkConfiguration, parseConfiguration, type ConfigurationKind } from './parse-configuration.js';

const incidentFile: ConfigurationKind<typeof incidentSchema> = {
  schema: incidentSchema,
  name: 'incident file',
  example: 'format_version: 1',
  hint: 'correct these lines; docs/resources.md describes the file, and a JSON Schema of it comes with the command',
};

/**
 * Reads the text of an incident file.
 * @throws RecoveryError `invalid-configuration` naming every wrong line, and the nearest right name of an unknown key.
 */
export function parseIncident(text: string, file: string): Incident {
  return incidentOf(parseConfiguration(text, file, incidentFile), file);
}

/**
 * Checks an incident that a program wrote as an object; paths are relative to the current folder.
 * @throws RecoveryError `invalid-configuration` naming what is wrong
 */
export function checkIncident(settings: unknown): Incident {
  return incidentOf(checkConfiguration(settings, 'the incident', incidentFile), 'incident');
}
