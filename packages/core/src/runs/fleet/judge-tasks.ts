import { RecoveryError } from '../../model/errors/recovery-error.js';
import type { FleetPlan } from './fleet-plan.js';
import type { TaskManifest } from './task-manifest.js';

/** A folder with the manifest of a task. */
export interface FoundTask {
  readonly folder: string;
  readonly manifest: TaskManifest;
}

const toldTasks = 10;

/**
 * Whether folders hold every task of a fleet once, and nothing else.
 * @returns them in the order of the tasks
 * @throws RecoveryError `invalid-task` for one that is of another fleet, worker or cut, or there twice; `tasks-missing`
 */
export function judgeTasks(fleet: FleetPlan, found: readonly FoundTask[]): readonly FoundTask[] {
  const byNumber = new Map<number, FoundTask>();
  for (const one of found) {
    const { folder, manifest } = one;
    const foreign = objectionTo(fleet, manifest);
    if (foreign !== null) {
      throw new RecoveryError('invalid-task', `${folder} ${foreign}`, { hint: 'take that folder away' });
    }
    const other = byNumber.get(manifest.task);
    if (other !== undefined) {
      throw new RecoveryError('invalid-task', `task ${manifest.task} is there twice: ${other.folder} and ${folder}`, {
        hint: 'take one of the two folders away',
      });
    }
    byNumber.set(manifest.task, one);
  }
  const missing = fleet.tasks.filter(({ number }) => !byNumber.has(number)).map(({ number }) => number);
  if (missing.length > 0) {
    const told = missing.slice(0, toldTasks).join(', ') + (missing.length > toldTasks ? ', …' : '');
    throw new RecoveryError('tasks-missing', `${missing.length} of ${fleet.tasks.length} tasks are not done: ${told}`, {
      hint: `run them: eventmend fleet task FOLDER ${missing[0] ?? 0}`,
      details: { tasks: told },
    });
  }
  return fleet.tasks.flatMap(({ number }) => byNumber.get(number) ?? []);
}

function objectionTo(
  fleet: FleetPlan,
  { fleet: id, plan, worker, task, lanes, baseline }: TaskManifest,
): string | null {
  if (id !== fleet.id || plan !== fleet.plan) return 'is of another fleet';
  if (worker !== fleet.worker.hash) return 'was made by another worker';
  const planned = fleet.tasks[task];
  if (planned === undefined) return `is of task ${task}, which the fleet does not have`;
  if (typeof baseline.digest !== 'string') return 'does not say where it began';
  const done = lanes.map(({ lane }) => lane).join(' ');
  return done === (planned.lanes ?? [0]).join(' ') ? null : 'has done other lanes than its task has';
}
