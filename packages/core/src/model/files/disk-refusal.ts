import { RecoveryError } from '../errors/recovery-error.js';

const full = /^(?:ENOSPC|EDQUOT|SQLITE_FULL)/;
const refused = /^(?:EIO|EFBIG|SQLITE_IOERR)/;

/**
 * A disk that is full or failing is the user's to mend, and gets the code that says so (`disk-write-failed`), whether
 * the system or SQLite tells of it. Any other error comes back as it is.
 */
export function asDiskRefusal(
  error: unknown,
  file: string,
  hint = 'make room or mend the disk, then run the same command again: everything committed is kept',
): unknown {
  const code = typeof error === 'object' && error !== null ? String((error as { code?: unknown }).code) : '';
  if (!full.test(code) && !refused.test(code)) return error;
  const what = full.test(code) ? 'the disk is full' : 'the disk refused a read or write';
  return new RecoveryError('disk-write-failed', `${file}: ${what} (${code})`, { hint, cause: error });
}
