import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { specOfPlan } from '../../engine/spec/spec-of-plan.js';
import type { RunStore } from '../../engine/store/run-store.js';
import type { RecoveryInputs } from '../../evidence/inputs/recovery-inputs.js';
import { RecoveryError } from '../../model/errors/recovery-error.js';
import { writeFileDurably } from '../../model/files/write-file-durably.js';
import { runIdOf } from '../../model/plan/plan-id.js';
import type { RunReport } from '../../model/strategy/run-report.js';
import type { LongWork } from '../../model/strategy/strategy.js';
import { checkPlanIsCurrent } from '../executor/check-plan-is-current.js';
import { holdAgainstLive } from '../executor/hold-against-live.js';
import { withInputsOfPlan } from '../executor/inputs-of-plan.js';
import { refuseFinished } from '../executor/recover-run.js';
import { reportRun } from '../report/report-run.js';
import { readRunReport } from '../sqlite/read-run-report.js';
import { prepareRunFolder, runFiles } from '../sqlite/run-folder.js';
import { lockRun } from '../sqlite/run-lock.js';
import type { CollectedTasks } from './collected-tasks.js';
import { publishedTasks, readFleet, type FleetFiles } from './fleet-folder.js';
import { judgeTasks, type FoundTask } from './judge-tasks.js';
import { openTasks, openTaskStore } from './open-store-of-run.js';
import { hashFileOnDisk } from './publish-store.js';
import { hashResult, parseManifest, resultOfLanes } from './task-manifest.js';

/**
 * Joins what the tasks of a fleet left into the run of its plan. States and outputs stay where they lie.
 * @throws RecoveryError `tasks-missing`; `invalid-task` for one that is damaged, doubled or of another fleet;
 *   `key-in-several-partitions` where two tasks named one key; `plan-already-used`
 */
export async function collectTasks(
  situation: RecoveryInputs,
  files: FleetFiles,
  work: LongWork = {},
): Promise<RunReport> {
  const { plan, fleet } = readFleet(files);
  refuseFinished(readRunReport(runFiles(situation.store, runIdOf(plan))));
  const found = publishedTasks(files).map((folder): FoundTask => {
    const manifest = join(folder, 'manifest.json');
    return { folder, manifest: parseManifest(readFileSync(manifest, 'utf8'), manifest) };
  });
  const tasks = judgeTasks(fleet, found);
  for (const task of tasks) {
    checkFiles(task, work);
    checkResult(task);
  }
  return withInputsOfPlan(situation, plan, async (prepared) => {
    await checkPlanIsCurrent(plan, prepared);
    const spec = specOfPlan(
      plan,
      prepared.survey.logs.map(({ description }) => description),
    );
    const collected: CollectedTasks = {
      format_version: 1,
      fleet: fleet.id,
      folder: files.folder,
      spread: fleet.spread.kind,
      tasks: tasks.map(({ folder, manifest: { task, lanes, result } }) => ({
        task,
        folder,
        lanes: lanes.map(({ lane }) => lane),
        result,
      })),
    };
    const store = openTasks(collected);
    try {
      refuseSharedKeys(store);
      const run = prepareRunFolder(situation.store, plan);
      const lock = lockRun(run.lock, runIdOf(plan));
      try {
        writeFileDurably(run.tasks, `${JSON.stringify(collected, null, 2)}\n`);
        const held = await holdAgainstLive(plan, prepared, spec, store, run);
        const elapsedMs = Math.max(...tasks.map(({ manifest }) => manifest.measured.ms));
        const report = reportRun({ plan, spec, store, status: 'recovered', ...held, verification: 'none', elapsedMs });
        writeFileDurably(run.report, `${JSON.stringify(report, null, 2)}\n`);
        return report;
      } finally {
        lock.release();
      }
    } finally {
      store.close();
    }
  });
}

/** @throws RecoveryError `invalid-task` where a file is not the one that the task wrote */
function checkFiles({ folder, manifest }: FoundTask, work: LongWork): void {
  for (const { name, bytes, sha256 } of manifest.files) {
    if (work.signal?.aborted === true) throw new RecoveryError('interrupted', 'stopped before anything was collected');
    const file = join(folder, name);
    let now: ReturnType<typeof hashFileOnDisk>;
    try {
      now = hashFileOnDisk(file);
    } catch (cause) {
      throw damaged(`${file} cannot be read`, manifest.task, cause);
    }
    if (now.bytes === bytes && now.sha256 === sha256) continue;
    throw damaged(`${file} is not what task ${manifest.task} wrote`, manifest.task);
  }
}

function damaged(what: string, task: number, cause?: unknown): RecoveryError {
  return new RecoveryError('invalid-task', what, {
    hint: `remove the folder of task ${task} and run it again: eventmend fleet task FOLDER ${task}`,
    details: { task },
    ...(cause !== undefined && { cause }),
  });
}

/** What the store says of itself must be what the manifest says of it. */
function checkResult({ folder, manifest: { task, lanes, result, baseline } }: FoundTask): void {
  const store = openTaskStore(folder);
  try {
    const numbers = lanes.map(({ lane }) => lane);
    if (hashResult(resultOfLanes(store, numbers)) === result && store.baseline()?.digest === baseline.digest) return;
  } finally {
    store.close();
  }
  throw damaged(`the store of task ${task} holds another result than its manifest says`, task);
}

/** Goes over the keys of all tasks side by side: reading them is what refuses one that two of them named. */
function refuseSharedKeys(store: RunStore): void {
  const keys = store.states()[Symbol.iterator]();
  while (keys.next().done !== true);
}
