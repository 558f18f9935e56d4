import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { PreparedInputs } from '../../evidence/inputs/prepare-inputs.js';
import { addOrderCounts } from '../../evidence/reference-replay/plain-accounts.js';
import type { PartitionAccount } from '../../model/accounts/accounts.js';
import { RecoveryError } from '../../model/errors/recovery-error.js';
import { partitionKey } from '../../model/log/partition-id.js';
import type { Plan } from '../../model/plan/plan.js';
import type { VerificationCheck } from '../../model/strategy/verification.js';
import { readTask } from '../fleet/check-task.js';
import { readCollectedTasks, type CollectedTasks } from '../fleet/collected-tasks.js';
import { fleetFiles, readFleet, type FleetFiles } from '../fleet/fleet-folder.js';
import { readRereadBooks } from '../fleet/reread-books.js';
import type { RunSummary } from '../report/summarise-run.js';
import type { RunFiles } from '../sqlite/run-folder.js';
import type { DerivationDigest } from './derivation-digest.js';
import { joinDerivations } from './join-derivations.js';
import { askedOf, readCoverage, readVerification, type TaskVerification } from './task-verification.js';

export interface VerificationOfTasks {
  readonly again: DerivationDigest;
  readonly rows: VerificationCheck;
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
  if (!existsSync(files.verified) || readdirSync(files.verified).length === 0) return null;
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
  for (const { folder } of collected.tasks) checkSizes(folder);
  const derivations = done.map(({ derivation }) => derivation);
  const joined = joinDerivations(
    derivations,
    collected.tasks.map(({ lanes }) => lanes),
  );
  return {
    again: collected.spread === 'partitions' ? joined : withBooks(joined, files, done, summary),
    rows: joinRows(done, collected, summary),
  };
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
  const booked = done.map(({ derivation }) => new Map(derivation.accounts.map((one) => [partitionKey(one), one])));
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

/** Whoever verified the task has read its files; here it is seen that they are those still, as far as their sizes tell. */
function checkSizes(folder: string): void {
  const { manifest } = readTask(folder);
  for (const { name, bytes } of manifest.files) {
    const file = join(folder, name);
    if (existsSync(file) && statSync(file).size === bytes) continue;
    throw new RecoveryError('invalid-task', `${file} is not what task ${manifest.task} wrote`, {
      hint: 'bring the folder of the fleet back, or remove the run and recover again from its plan',
      details: { task: manifest.task },
    });
  }
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
