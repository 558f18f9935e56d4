import type { Incident } from './incident.js';
import { parseIncident } from './parse-incident.js';
import { readConfiguration } from './read-configuration.js';

/**
 * Reads an incident file.
 * @throws RecoveryError `file-unavailable` when it cannot be read, `invalid-configuration` when it is not valid.
 */
export function readIncident(file: string): Incident {
  return parseIncident(
    readConfiguration(file, 'incident file', 'eventmend init makes one; or name another file'),
    file,
  );
}
