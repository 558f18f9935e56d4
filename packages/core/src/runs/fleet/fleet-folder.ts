import { hash as hashOnce } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CheckCoverage } from '../../evidence/check-coverage/check-coverage.js';
import { RecoveryError } from '../../model/errors/recovery-error.js';
import { writeFileDurably } from '../../model/files/write-file-durably.js';
import { parsePlan } from '../../model/plan/plan-id.js';
import type { Plan } from '../../model/plan/plan.js';
import { parseFleet, type FleetPlan } from './fleet-plan.js';

/**
 * A folder that all machines of a fleet see. What stands in it is complete: whatever is being written has a name that
 * begins with a dot.
 *
 *     plan.json  fleet.json  tasks/task-0/{manifest.json, run.db, run.db.head}  …  verified/task-0.json  …
 */
export interface FleetFiles {
  readonly folder: string;
  readonly plan: string;
  readonly fleet: string;
  readonly tasks: string;
  /** Books of the readers, and the groups of several keys, where the fleet is spread by keys. */
  readonly readers: string;
  readonly groups: string;
  /** What the check of the worker covered, as the machine that planned knew it; absent where nobody knew. */
  readonly coverage: string;
  /** What verifying the tasks came to. */
  readonly verified: string;
}

export function fleetFiles(folder: string): FleetFiles {
  return {
    folder,
    plan: join(folder, 'plan.json'),
    fleet: join(folder, 'fleet.json'),
    tasks: join(folder, 'tasks'),
    readers: join(folder, 'readers'),
    groups: join(folder, 'groups.json'),
    coverage: join(folder, 'coverage.json'),
    verified: join(folder, 'verified'),
  };
}

export function taskFolder({ tasks }: FleetFiles, task: number): string {
  return join(tasks, `task-${task}`);
}

/**
 * Writes a fleet into its folder; the same one may be written again.
 * @throws RecoveryError `file-exists` where another one stands there
 */
export function writeFleet(
  files: FleetFiles,
  plan: Plan,
  fleet: FleetPlan,
  { groups, coverage }: { readonly groups: string | null; readonly coverage: CheckCoverage | null },
): void {
  if (existsSync(files.fleet)) {
    if (parseFleet(readFileSync(files.fleet, 'utf8'), files.fleet).id === fleet.id) return;
    throw new RecoveryError('file-exists', `${files.folder} holds the tasks of another plan`, {
      hint: 'name another folder with --out, or remove that one',
    });
  }
  mkdirSync(files.tasks, { recursive: true });
  mkdirSync(files.readers, { recursive: true });
  if (groups !== null) writeFileDurably(files.groups, groups);
  if (coverage !== null) writeFileDurably(files.coverage, `${JSON.stringify(coverage)}\n`);
  writeFileDurably(files.plan, `${JSON.stringify(plan, null, 2)}\n`);
  writeFileDurably(files.fleet, `${JSON.stringify(fleet, null, 2)}\n`);
}

/** @throws RecoveryError `file-unavailable` where it is no folder of a fleet, `invalid-plan` where it was changed */
export function readFleet(files: FleetFiles): { readonly plan: Plan; readonly fleet: FleetPlan } {
  const plan = parsePlan(readText(files.plan, files), files.plan);
  const fleet = parseFleet(readText(files.fleet, files), files.fleet);
  if (fleet.plan !== plan.id) {
    throw new RecoveryError('invalid-plan', `${files.fleet} cuts another plan than ${files.plan}`, {
      hint: 'make both with: eventmend fleet plan',
    });
  }
  return { plan, fleet };
}

/** Folders of tasks that are complete, whatever they are called. */
export function publishedTasks({ tasks }: FleetFiles): readonly string[] {
  if (!existsSync(tasks)) return [];
  return readdirSync(tasks)
    .filter((name) => !name.startsWith('.') && existsSync(join(tasks, name, 'manifest.json')))
    .sort()
    .map((name) => join(tasks, name));
}

/** The groups of several keys. @throws RecoveryError `invalid-plan` where the file is another one */
export function readGroups(files: FleetFiles, { groupsFile }: FleetPlan): readonly (readonly string[])[] {
  const text = readText(files.groups, files);
  if (hashOnce('sha256', text) === groupsFile) return JSON.parse(text) as readonly (readonly string[])[];
  throw new RecoveryError('invalid-plan', `${files.groups} was changed after the fleet was planned`, {
    hint: 'plan the fleet into a new folder: eventmend fleet plan',
  });
}

function readText(file: string, { folder }: FleetFiles): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new RecoveryError('file-unavailable', `${folder} is no folder of a fleet: ${file} cannot be read`, {
      hint: 'eventmend fleet plan makes one, in a folder that all machines see',
      cause,
    });
  }
}
