import type { ErrorCode } from '../../model/errors/error-catalogue.js';
import { RecoveryError } from '../../model/errors/recovery-error.js';
import { asDiskRefusal } from '../../model/files/disk-refusal.js';

/** In which code and words the trouble of one kind of database is told. */
export interface StorageTerms {
  readonly corrupt: ErrorCode;
  /** What to do with a damaged one. */
  readonly corruptHint: string;
  /** What to do where the file is something else. */
  readonly strangerHint: string;
  /** What to do while another process holds it. */
  readonly lockedHint: string;
}

function sqliteCode(error: unknown): string {
  const code = typeof error === 'object' && error !== null ? (error as { code?: unknown }).code : undefined;
  return typeof code === 'string' ? code : '';
}

/** True where SQLite says that another connection holds its lock. */
export function isBusy(error: unknown): boolean {
  return /^SQLITE_(BUSY|LOCKED)/.test(sqliteCode(error));
}

/**
 * Turns SQLite's own errors into ours. After a refused write the process must not go on with this connection: SQLite may
 * fail and the row appear nevertheless after a restart, so its user ends and begins again with what is on the disk.
 */
export function storageError(error: unknown, file: string, terms: StorageTerms): unknown {
  const code = sqliteCode(error);
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB') {
    return new RecoveryError(terms.corrupt, `${file} is damaged (${code})`, { hint: terms.corruptHint, cause: error });
  }
  if (isBusy(error)) {
    return new RecoveryError('locked-by-another-process', `${file} is in use by another process`, {
      hint: terms.lockedHint,
      cause: error,
    });
  }
  return asDiskRefusal(error, file);
}

/** Runs something over SQLite and has its errors translated. */
export function withStorageErrors<T>(file: string, terms: StorageTerms, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw storageError(error, file, terms);
  }
}
