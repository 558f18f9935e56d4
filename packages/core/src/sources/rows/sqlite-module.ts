import type Database from 'better-sqlite3';
import { RecoveryError } from '../../model/errors/recovery-error.js';

/** @throws RecoveryError EM1007 when the optional package is not installed. */
export async function loadSqlite(file: string): Promise<typeof Database> {
  const module = await import('better-sqlite3').catch((cause: unknown) => {
    throw new RecoveryError('EM1007', `${file} is a SQLite database, and the package better-sqlite3 is not installed`, {
      hint: 'npm install better-sqlite3',
      cause,
    });
  });
  return module.default;
}
