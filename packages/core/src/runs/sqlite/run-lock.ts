import { RecoveryError } from '../../model/errors/recovery-error.js';
import { openSqlite } from '../../sources/drivers/open-sqlite.js';
import { isBusy, storageError } from '../../sources/drivers/storage-error.js';
import { runStoreFormat } from './open-run-database.js';

export interface RunLock {
  release(): void;
}

/**
 * Takes a run for this process. The lock is the operating system's lock on a SQLite file in an open transaction, so it
 * ends with the process however that ends, and a stopped process still holds it.
 * @throws RecoveryError `locked-by-another-process` when another process has it
 */
export function lockRun(file: string, runId: string): RunLock {
  const database = openSqlite(file, { timeout: 200 });
  try {
    database.pragma('journal_mode = DELETE');
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (isBusy(error)) {
      throw new RecoveryError('locked-by-another-process', `another process works on run ${runId}`, {
        hint: 'wait for it, or end it; the run can be resumed then',
        cause: error,
      });
    }
    throw storageError(error, file, runStoreFormat);
  }
  return {
    release: () => {
      if (database.open) database.close();
    },
  };
}
