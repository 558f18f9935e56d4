import { readFileSync } from 'node:fs';
import { RecoveryError } from '../../model/errors/recovery-error.js';

/**
 * The text of a file that somebody wrote. `name` says what it should be, `hint` what to do where it is not there.
 * @throws RecoveryError `file-unavailable` when it cannot be read, `invalid-configuration` when it is not UTF-8 text
 */
export function readConfiguration(file: string, name: string, hint: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'does not exist' : 'cannot be read';
    throw new RecoveryError('file-unavailable', `the ${name} ${file} ${reason}`, { hint, cause, details: { file } });
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new RecoveryError('invalid-configuration', `${file} is not valid UTF-8`, {
      hint: 'save the file as UTF-8',
      cause,
    });
  }
}
