import { existsSync, readdirSync } from 'node:fs';
import type { PreparedInputs } from '../../evidence/inputs/prepare-inputs.js';
import { addOrderCounts } from '../../evidence/reference-replay/plain-accounts.js';
import type { PartitionAccount } from '../../model/accounts/accounts.js';
import { RecoveryError } from '../../model/errors/recovery-error.js';
import { partitionKey } from '../../model/log/partition-id.js';
import type { Plan } from '../../model/plan/plan.js';
import type { VerificationCheck } from '../../model/strategy/verification.js';
import { checkFiles, readTask } from '../fleet/check-task.js';
import { readCollectedTasks, type CollectedTasks } from '../fleet/collected-tasks.js';
import { fleetFiles, readFleet, type FleetFiles } from '../fleet/fleet-folder.js';
import { readRereadBooks } from '../fleet/reread-books.js';
import type { RunSummary } from '../report/summarise-run.js';
import type { RunFiles } from '../sqlite/run-folder.js';
import type { DerivationDigest } from './derivation-digest.js';
import { joinDerivations } from './join-derivations.js';
import {
  askedOf,
  readCoverage,
  readVerification,
  type DerivedLanes,
  type TaskVerification,
} from './task-verification.js';

export interface VerificationOfTasks {
  readonly again: DerivationDigest;
  readonly rows: VerificationCheck;
  /** Whether the worker had another memory than in the recovery; null where one process did all of it, as on one machine. */
  readonly shares: VerificationCheck | null;
}

/**
 * What a fleet came to that verified its tasks; null where it verified none, and for a run of one machine.
 * @throws RecoveryError `tasks-missing` where some are verified and others are not; `invalid-task` where a task is not what was verified
 */
export function verificationOfTasks(
  run: RunFiles,
  prepared: PreparedInputs,
  plan: Plan,
  summary: RunSummary,
): VerificationOfTasks | null {
  const collected = readCollectedTasks(run.tasks);
  if (collected === null) return null;
  const files = fleetFiles(collected.folder);
  if (!wasVerified(files)) return null;
  const asked = askedOf(prepared, plan, readCoverage(files));
  const verified = collected.tasks.map((task) => ({ task, verification: readVerification(files, task.task) }));
  const done = verified.flatMap(({ task, verification }) =>
    verification?.fleet === collected.fleet &&
    verification.verifiedResult === task.result &&
    verification.asked === asked
      ? [verification]
      : [],
  );
  if (done.length < verified.length) {
    const names = new Set(done.map(({ task }) => task));
    const missing = verified.flatMap(({ task: { task } }) => (names.has(task) ? [] : [task]));
    throw new RecoveryError(
      'tasks-missing',
      `${missing.length} of ${verified.length} tasks are not verified as they are now: ${missing.slice(0, 10).join(', ')}${missing.length > 10 ? ', …' : ''}`,
      {
        hint: `verify them: eventmend fleet verify FOLDER ${missing[0] ?? 0}; or remove ${files.verified} to verify all of them on this machine`,
      },
    );
  }
  const derived = done.flatMap((one) => one.derived);
  checkEachOnce(derived, collected);
  const joined = joinDerivations(
    derived.map(({ derivation }) => derivation),
    derived.map(({ lanes }) => lanes),
  );
  return {
    again: collected.spread === 'partitions' ? joined : withBooks(joined, files, done, summary),
    rows: joinRows(done, collected, summary),
    shares: checkShares(collected, derived),
  };
}

/** @throws RecoveryError `invalid-task` where a lane was not derived, or twice */
function checkEachOnce(derived: readonly DerivedLanes[], { spread, tasks }: CollectedTasks): void {
  if (spread === 'keys') return;
  const inOrder = (lanes: readonly number[]): string => [...lanes].sort((a, b) => a - b).join(' ');
  if (inOrder(derived.flatMap(({ lanes }) => lanes)) === inOrder(tasks.flatMap(({ lanes }) => lanes))) return;
  throw new RecoveryError('invalid-task', 'verifying the tasks did not derive each partition once', {
    hint: 'remove what verifying the tasks left, and verify them again: eventmend fleet verify FOLDER N',
  });
}

/** What a worker may remember outside of its states shows where it is derived in another memory. */
function checkShares({ spread, tasks }: CollectedTasks, derived: readonly DerivedLanes[]): VerificationCheck | null {
  if (tasks.length === 1) return null;
  if (spread === 'keys') {
    return { name: 'shares', result: 'not-checked', detail: { kind: 'same-shares', tasks: tasks.length } };
  }
  return { name: 'shares', result: 'passed', detail: { kind: 'other-shares', shares: derived.length } };
}

function wasVerified({ verified }: FleetFiles): boolean {
  return existsSync(verified) && readdirSync(verified).length > 0;
}

/**
 * Whoever verified the tasks of a fleet has read their files; they must be those still. Nothing where none was verified.
 * @throws RecoveryError `invalid-task`
 */
export function checkVerifiedFiles(run: RunFiles): void {
  const collected = readCollectedTasks(run.tasks);
  if (collected === null || !wasVerified(fleetFiles(collected.folder))) return;
  for (const { folder } of collected.tasks) checkFiles(readTask(folder));
}

/**
 * Of a fleet by key: what the readers passed over, and what became of the events that they gave to the tasks. Its outputs were
 * merged from those of the tasks; where each of these is what was derived again, so are they.
 */
function withBooks(
  joined: DerivationDigest,
  files: FleetFiles,
  done: readonly TaskVerification[],
  summary: RunSummary,
): DerivationDigest {
  const read = readRereadBooks(files, readFleet(files).fleet);
  const booked = done.map(
    ({ derived }) =>
      new Map(derived.flatMap(({ derivation }) => derivation.accounts).map((one) => [partitionKey(one), one])),
  );
  const accounts = read.map(({ account, given }) => {
    const parts = booked.map((of, task) => {
      const part = of.get(partitionKey(account));
      if (part === undefined || eventsOf(part) !== given[task]) {
        throw new RecoveryError('invalid-task', `task ${task} was verified with other events than it was given`, {
          hint: `verify it again: remove ${files.verified}`,
        });
      }
      return part;
    });
    return addAccounts(account, parts);
  });
  const sameOutputs = done.every(({ agrees }) => agrees);
  return {
    ...joined,
    accounts,
    order: addOrderCounts(read.map(({ order }) => order)),
    ...(sameOutputs && { outputsDigest: summary.outputsDigest }),
  };
}

function eventsOf({ applied, quarantined, skipped }: PartitionAccount): number {
  return Object.values(skipped).reduce((sum, count) => sum + count, applied + quarantined);
}

function addAccounts(read: PartitionAccount, parts: readonly PartitionAccount[]): PartitionAccount {
  const skipped: Record<string, number> = { ...read.skipped };
  for (const part of parts) {
    for (const [reason, count] of Object.entries(part.skipped)) skipped[reason] = (skipped[reason] ?? 0) + count;
  }
  const sum = (of: (part: PartitionAccount) => number): number => parts.reduce((total, part) => total + of(part), 0);
  return {
    ...read,
    applied: sum(({ applied }) => applied),
    quarantined: read.quarantined + sum(({ quarantined }) => quarantined),
    skipped,
  };
}

function joinRows(
  done: readonly TaskVerification[],
  { tasks }: CollectedTasks,
  { stateKeys, outputs }: RunSummary,
): VerificationCheck {
  const failed = done.find(({ rows }) => rows.result !== 'passed');
  if (failed !== undefined) return failed.rows;
  if (done.length !== tasks.length) throw new Error('a task is not verified');
  return { name: 'store', result: 'passed', detail: { kind: 'stored-rows', states: stateKeys, outputs } };
}
