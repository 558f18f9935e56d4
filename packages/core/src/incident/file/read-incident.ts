import type { Incident } from './incident.js';
import { parseIncident } from './parse-incident.js';
import { readConfiguration } from './read-configuration.js';

/**
 * Reads an incident file.
 * @throws RecoveryError EM1003 when it cannot be read, EM1002 when it is not valid.
 */
export function readIncident(file: string): Incident {
  return parseIncident(
    readConfiguration(file, 'incident file', 'eventmend init makes one; or name another file'),
    file,
  );
}
