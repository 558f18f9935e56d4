import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { RecoveryError } from '../../model/errors/recovery-error.js';
import { writeFileDurably } from '../../model/files/write-file-durably.js';
import { parsePlan, runIdOf } from '../../model/plan/plan-id.js';
import type { Plan } from '../../model/plan/plan.js';

/** The files of one run. */
export interface RunFiles {
  readonly folder: string;
  readonly database: string;
  readonly lock: string;
  readonly plan: string;
  /** Where the stores of its tasks lie, for a run of a fleet: it has no database of its own then. */
  readonly tasks: string;
  readonly report: string;
  readonly verification: string;
  /** Keys that depend on what no check of the worker covered. */
  readonly uncovered: string;
  /** Counts of the last comparison with the recorded outputs. */
  readonly corrections: string;
  /** Keys that may live in lost events alone, as the live state has them. */
  readonly kept: string;
}

const runIdPattern = /^r-[0-9a-f]{8}$/;

export function runFiles(store: string, runId: string): RunFiles {
  if (!runIdPattern.test(runId)) {
    throw new RecoveryError('run-not-found', `${JSON.stringify(runId)} is not the id of a run`, {
      hint: 'a run is named like r-7f3a91c2; eventmend runs lists them',
    });
  }
  const folder = join(store, 'runs', runId);
  return {
    folder,
    database: join(folder, 'run.db'),
    lock: join(folder, 'run.lock'),
    plan: join(folder, 'plan.json'),
    tasks: join(folder, 'tasks.json'),
    report: join(folder, 'report.json'),
    verification: join(folder, 'verification.json'),
    uncovered: join(folder, 'uncovered.json'),
    corrections: join(folder, 'corrections.json'),
    kept: join(folder, 'kept-live-keys.ndjson'),
  };
}

export function listRunIds(store: string): readonly string[] {
  const folder = join(store, 'runs');
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => runIdPattern.test(name) && existsSync(join(folder, name, 'plan.json')))
    .sort();
}

/**
 * Makes the folder of a plan's run, or finds it.
 * @throws RecoveryError `invalid-plan` where another plan has the same short id
 */
export function prepareRunFolder(store: string, plan: Plan): RunFiles {
  const files = runFiles(store, runIdOf(plan));
  mkdirSync(files.folder, { recursive: true });
  if (existsSync(files.plan)) {
    if (readRunPlan(files).id !== plan.id) {
      throw new RecoveryError('invalid-plan', `${files.folder} belongs to another plan with the same short id`, {
        hint: 'use another store for this incident',
      });
    }
  } else {
    writeFileDurably(files.plan, `${JSON.stringify(plan, null, 2)}\n`);
  }
  return files;
}

export function readRunPlan(files: RunFiles): Plan {
  if (!existsSync(files.plan)) {
    throw new RecoveryError('run-not-found', `there is no run at ${files.folder}`, {
      hint: 'eventmend runs lists them',
    });
  }
  return parsePlan(readFileSync(files.plan, 'utf8'), files.plan);
}

export function removeRunFolder(files: RunFiles): void {
  rmSync(files.folder, { recursive: true, force: true });
}
