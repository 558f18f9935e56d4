import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { StateDigest } from '../../engine/digest/state-digest.js';
import { specOfPlan } from '../../engine/spec/spec-of-plan.js';
import type { RecoveryInputs } from '../../evidence/inputs/recovery-inputs.js';
import { RecoveryError } from '../../model/errors/recovery-error.js';
import type { LongWork } from '../../model/strategy/strategy.js';
import { checkPlanIsCurrent } from '../executor/check-plan-is-current.js';
import { withInputsOfPlan } from '../executor/inputs-of-plan.js';
import { checkFiles, readTask } from '../fleet/check-task.js';
import { readFleet, taskFolder, type FleetFiles } from '../fleet/fleet-folder.js';
import { openTaskStore } from '../fleet/open-store-of-run.js';
import type { TaskManifest } from '../fleet/task-manifest.js';
import { summariseRun } from '../report/summarise-run.js';
import { checkStoredRows } from './check-stored-rows.js';
import { deriveRun } from './derive-run.js';
import type { PartDerivation } from './join-derivations.js';
import { askedOf, keepVerification, readCoverage, type TaskVerification } from './task-verification.js';
import { totalsAtEnd } from './totals-at-end.js';

export interface VerifyTaskRequest {
  readonly files: FleetFiles;
  readonly task: number;
}

/**
 * Verifies one task of a fleet: reads its files and every row of its store against their hashes, and derives its lanes again by
 * the plain implementation. Leaves what it came to in the folder of the fleet, where verifying the run finds it.
 * @throws RecoveryError `tasks-missing` where the task is not done, `not-spreadable` for a fleet by key, `invalid-task`
 */
export async function verifyTask(
  situation: RecoveryInputs,
  { files, task }: VerifyTaskRequest,
  work: LongWork = {},
): Promise<TaskVerification> {
  const { plan, fleet } = readFleet(files);
  const lanes = fleet.tasks[task]?.lanes;
  if (lanes === undefined) {
    throw new RecoveryError('invalid-argument', `there is no task ${task}: the fleet has ${fleet.tasks.length}`, {
      hint: 'eventmend fleet plan says which there are',
    });
  }
  if (lanes === null) {
    throw new RecoveryError('not-spreadable', 'a fleet by key is not verified task by task', {
      hint: 'on one machine: eventmend fleet collect FOLDER, and eventmend verify RUN',
    });
  }
  const folder = taskFolder(files, task);
  if (!existsSync(join(folder, 'manifest.json'))) {
    throw new RecoveryError('tasks-missing', `task ${task} is not done yet`, {
      hint: `run it: eventmend fleet task FOLDER ${task}`,
    });
  }
  const found = readTask(folder);
  if (found.manifest.fleet !== fleet.id) {
    throw new RecoveryError('invalid-task', `${folder} was left by another fleet`, { hint: 'take that folder away' });
  }
  checkFiles(found, work.signal);
  return withInputsOfPlan(situation, plan, async (prepared) => {
    await checkPlanIsCurrent(plan, prepared);
    const spec = specOfPlan(
      plan,
      prepared.survey.logs.map(({ description }) => description),
    );
    const covered = readCoverage(files);
    const totals = totalsAtEnd(prepared, plan);
    const store = openTaskStore(folder);
    try {
      const rows = checkStoredRows(spec, store, summariseRun(spec, store));
      const forced = store.forcedQuarantines();
      const derivation = await deriveRun(prepared, { plan, spec, forced, covered, totals, lanes }, work);
      return keepVerification(files, {
        format_version: 1,
        fleet: fleet.id,
        task,
        verifiedResult: found.manifest.result,
        asked: askedOf(prepared, plan, covered),
        rows,
        agrees: agreesWith(found.manifest, derivation as PartDerivation),
        derivation: derivation as PartDerivation,
      });
    } finally {
      store.close();
    }
  });
}

function agreesWith({ lanes }: TaskManifest, { part: { begin, end, chains } }: PartDerivation): boolean {
  const digest = StateDigest.fromHex(begin.digest);
  for (const { stateDelta } of lanes) digest.add(stateDelta);
  return digest.toHex() === end.digest && lanes.every(({ outputsDigest }, at) => outputsDigest === chains[at]);
}
