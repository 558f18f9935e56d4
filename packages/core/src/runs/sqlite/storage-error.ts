import { RecoveryError } from '../../model/errors/recovery-error.js';
import { asDiskRefusal } from '../../model/files/disk-refusal.js';

function sqliteCode(error: unknown): string {
  const code = typeof error === 'object' && error !== null ? (error as { code?: unknown }).code : undefined;
  return typeof code === 'string' ? code : '';
}

/**
 * Turns SQLite's own errors into ours. After a refused write the process must not go on with this connection: SQLite may
 * fail and the row appear nevertheless after a restart, so the run ends and is derived again from what is on the disk.
 */
export function storageError(error: unknown, file: string): unknown {
  const code = sqliteCode(error);
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB') {
    return new RecoveryError('corrupt-run-store', `${file} is damaged (${code})`, {
      hint: 'remove this run with `eventmend runs --remove RUN` and recover again from the plan',
      cause: error,
    });
  }
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) {
    return new RecoveryError('locked-by-another-process', `${file} is in use by another process`, {
      hint: 'wait until the other process has ended; a run has one worker at a time',
      cause: error,
    });
  }
  return asDiskRefusal(error, file);
}

/** Runs something over SQLite and has its errors translated. */
export function withStorageErrors<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw storageError(error, file);
  }
}
