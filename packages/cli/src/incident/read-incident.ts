import { readFileSync } from 'node:fs';
import { RecoveryError } from '@eventmend/core';
import type { Incident } from './incident.js';
import { parseIncident } from './parse-incident.js';

/**
 * Reads an incident file.
 * @throws RecoveryError EM1003 when it cannot be read, EM1002 when it is not valid.
 */
export function readIncident(file: string): Incident {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'does not exist' : 'cannot be read';
    throw new RecoveryError('EM1003', `the incident file ${file} ${reason}`, {
      hint: 'eventmend init makes one; or name another file',
      cause,
      details: { file },
    });
  }
  try {
    return parseIncident(new TextDecoder('utf-8', { fatal: true }).decode(bytes), file);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new RecoveryError('EM1002', `${file} is not valid UTF-8`, { hint: 'save the file as UTF-8', cause: error });
  }
}
