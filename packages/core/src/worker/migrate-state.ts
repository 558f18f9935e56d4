import { RecoveryError } from '../model/errors/recovery-error.js';
import { explainNotPlain } from '../model/json/explain-not-plain.js';
import { describeThrown, quoteKey } from './worker-failures.js';
import type { Worker } from './worker.js';

/** The version of the state's form that a worker reads and writes; 1 unless it says otherwise. */
export function stateVersionOf(worker: Worker): number {
  return worker.stateVersion ?? 1;
}

/**
 * Brings a stored state (JSON data, before the worker's codec) from the version in which it was written to the
 * worker's.
 * @throws RecoveryError `state-migration-failed` when there is no way, or a migration throws or gives something that is
 *   not plain JSON.
 */
export function migrateState(worker: Worker, state: unknown, version: number, key: string): unknown {
  const target = stateVersionOf(worker);
  if (version === target) return state;
  if (!Number.isSafeInteger(version) || version < 1 || version > target) {
    throw new RecoveryError(
      'state-migration-failed',
      `the state of key ${quoteKey(key)} has version ${version}; worker ${worker.name} works on version ${target}`,
      {
        hint:
          version > target
            ? 'use the version of the worker that wrote it, or a later one'
            : 'versions of states count from 1',
        details: { key, version, target },
      },
    );
  }
  let migrated = state;
  for (let from = version; from < target; from++) migrated = migrateOnce(worker, migrated, from, key);
  return migrated;
}

function migrateOnce(worker: Worker, state: unknown, from: number, key: string): unknown {
  const who = `migrations[${from}] of worker ${worker.name}`;
  const details = { key, version: from };
  const migration = worker.migrations?.[from];
  if (migration === undefined) {
    throw new RecoveryError(
      'state-migration-failed',
      `${who} is missing, so the state of key ${quoteKey(key)} stays at version ${from}`,
      {
        hint: `migrations: { ${from}: (state) => state of version ${from + 1} }`,
        details,
      },
    );
  }
  let migrated: unknown;
  try {
    migrated = migration(state, key);
  } catch (cause) {
    throw new RecoveryError(
      'state-migration-failed',
      `${who} threw ${describeThrown(cause)} on the state of key ${quoteKey(key)}`,
      {
        cause,
        details,
      },
    );
  }
  const finding = explainNotPlain(migrated);
  if (finding === null) return migrated;
  throw new RecoveryError(
    'state-migration-failed',
    `${who} gave for key ${quoteKey(key)} at ${finding.path} ${finding.reason}`,
    {
      hint: 'return the new state as plain JSON data',
      details,
    },
  );
}
