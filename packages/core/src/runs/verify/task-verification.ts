import { hash as hashOnce } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LaneNumber } from '../../engine/store/run-store.js';
import type { CheckCoverage } from '../../evidence/check-coverage/check-coverage.js';
import type { PreparedInputs } from '../../evidence/inputs/prepare-inputs.js';
import { RecoveryError } from '../../model/errors/recovery-error.js';
import { writeFileDurably } from '../../model/files/write-file-durably.js';
import { canonicalJson } from '../../model/json/canonical-json.js';
import type { Plan } from '../../model/plan/plan.js';
import type { VerificationCheck } from '../../model/strategy/verification.js';
import type { FleetFiles } from '../fleet/fleet-folder.js';
import type { PartDerivation } from './join-derivations.js';
import { totalsAtEnd } from './totals-at-end.js';

/** What was derived again in one memory of the worker. */
export interface DerivedLanes {
  readonly lanes: readonly LaneNumber[];
  readonly derivation: PartDerivation;
}

/** What verifying one task of a fleet came to. */
export interface TaskVerification {
  /** 1 derived the lanes of the task itself; 2 began each task at a trusted snapshot with the keys that it derived, and no others. */
  readonly format_version: 3;
  readonly fleet: string;
  readonly task: number;
  /** Of the task that was verified, as its manifest has it. */
  readonly verifiedResult: string;
  /** SHA-256 of everything beside the log that the answer rests on. */
  readonly asked: string;
  /** Whether every row that the task stored is what the task says of it. */
  readonly rows: VerificationCheck;
  /** Whether the states and outputs of the lanes that were derived again are theirs; verifying the run holds everything against each other. */
  readonly agrees: boolean;
  /** By partition: lanes of several tasks, and none where others derive them all. By key: the task's own. */
  readonly derived: readonly DerivedLanes[];
  /** SHA-256 of all of this: two attempts have the same. */
  readonly hash: string;
}

/** What beside the log the verification of a task rests on; where it changes, the tasks are verified again. */
export function askedOf(prepared: PreparedInputs, plan: Plan, covered: CheckCoverage | null): string {
  const { reviewed = [] } = prepared.situation;
  return hashOnce('sha256', JSON.stringify([totalsAtEnd(prepared, plan), reviewed, covered]));
}

/** @throws RecoveryError `invalid-plan` where it was cut */
export function readCoverage({ coverage }: FleetFiles): CheckCoverage | null {
  if (!existsSync(coverage)) return null;
  try {
    return JSON.parse(readFileSync(coverage, 'utf8')) as CheckCoverage;
  } catch (cause) {
    throw new RecoveryError('invalid-plan', `${coverage} is not what planning the fleet wrote`, {
      hint: 'plan the fleet into a new folder: eventmend fleet plan',
      cause,
    });
  }
}

/** Leaves it in the folder of the fleet. @throws RecoveryError `task-not-reproduced` where another attempt came to another */
export function keepVerification(files: FleetFiles, unhashed: Omit<TaskVerification, 'hash'>): TaskVerification {
  const verification = { ...unhashed, hash: hashOf(unhashed) };
  const file = fileOf(files, verification.task);
  const earlier = readVerification(files, verification.task);
  if (earlier?.asked === verification.asked && earlier.verifiedResult === verification.verifiedResult) {
    if (earlier.hash === verification.hash) return earlier;
    throw new RecoveryError('task-not-reproduced', `task ${verification.task} was derived to another result before`, {
      hint: 'the worker or the log does not give the same twice: eventmend worker check',
    });
  }
  mkdirSync(files.verified, { recursive: true });
  writeFileDurably(file, `${JSON.stringify(verification, null, 2)}\n`);
  return verification;
}

/** Null where the task is not verified. @throws RecoveryError `invalid-task` */
export function readVerification(files: FleetFiles, task: number): TaskVerification | null {
  const file = fileOf(files, task);
  if (!existsSync(file)) return null;
  try {
    const verification = JSON.parse(readFileSync(file, 'utf8')) as TaskVerification;
    const { hash, ...unhashed } = verification;
    // What an earlier version wrote is made anew.
    if ((verification.format_version as number) < 3) return null;
    if (verification.format_version === 3 && hash === hashOf(unhashed) && verification.task === task)
      return verification;
  } catch {
    // told below
  }
  throw new RecoveryError('invalid-task', `${file} does not hold the verification of task ${task}, or was changed`, {
    hint: 'remove that file and verify the task again: eventmend fleet verify FOLDER N',
    details: { task },
  });
}

function fileOf({ verified }: FleetFiles, task: number): string {
  return join(verified, `task-${task}.json`);
}

function hashOf(unhashed: Omit<TaskVerification, 'hash'>): string {
  // Through JSON once, as the file that is read back.
  return hashOnce('sha256', canonicalJson(JSON.parse(JSON.stringify(unhashed))));
}
