import { RecoveryError } from '../../model/errors/recovery-error.js';
import {
  openDurableDatabase,
  type DatabaseFormat,
  type DurableDatabase,
  type DurableDatabaseOptions,
} from '../../sources/drivers/durable-database.js';
import { runStoreApplicationId, runStoreSchema, runStoreVersion } from './run-store-schema.js';

export type RunDatabase = DurableDatabase;
export type RunDatabaseOptions = Omit<DurableDatabaseOptions, 'busyMs'>;

/** What a run store is, and how its trouble is told. */
export const runStoreFormat: DatabaseFormat = {
  applicationId: runStoreApplicationId,
  version: runStoreVersion,
  schema: runStoreSchema,
  name: 'a run store',
  corrupt: 'corrupt-run-store',
  corruptHint: 'remove this run with `eventmend runs --remove RUN` and recover again from the plan',
  strangerHint: 'check the store folder of the incident',
  lockedHint: 'wait until the other process has ended; a run has one worker at a time',
  otherVersion: 'run-store-version-mismatch',
  otherVersionHint:
    'use the version of eventmend that began the run, or recover again from the plan into another store',
  missing: (file) =>
    new RecoveryError('run-not-found', `there is no run at ${file}`, { hint: 'eventmend runs lists them' }),
};

/**
 * Opens the database of a run, or makes it.
 * @throws RecoveryError `run-not-found`; `run-store-version-mismatch` for another version, `corrupt-run-store` for a file
 *   that is no run store
 */
export function openRunDatabase(file: string, options: RunDatabaseOptions): RunDatabase {
  return openDurableDatabase(file, runStoreFormat, options);
}
