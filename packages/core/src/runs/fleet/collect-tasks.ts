import { specOfPlan } from '../../engine/spec/spec-of-plan.js';
import type { RunStore } from '../../engine/store/run-store.js';
import type { RecoveryInputs } from '../../evidence/inputs/recovery-inputs.js';
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
import { checkFiles, checkResult, readTask } from './check-task.js';
import { judgeTasks } from './judge-tasks.js';
import { openTasks } from './open-store-of-run.js';

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
  const tasks = judgeTasks(fleet, publishedTasks(files).map(readTask));
  for (const task of tasks) {
    checkFiles(task, work.signal);
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
        const report = reportRun({
          plan,
          spec,
          store,
          status: 'recovered',
          ...held,
          verification: { result: 'none' },
          elapsedMs,
        });
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

/** Goes over the keys of all tasks side by side: reading them is what refuses one that two of them named. */
function refuseSharedKeys(store: RunStore): void {
  const keys = store.states()[Symbol.iterator]();
  while (keys.next().done !== true);
}
