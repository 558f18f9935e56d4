import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StateDigest } from '../../engine/digest/state-digest.js';
import type { ForcedQuarantine } from '../../engine/store/run-store.js';
import { specOfPlan } from '../../engine/spec/spec-of-plan.js';
import type { RecoveryInputs } from '../../evidence/inputs/recovery-inputs.js';
import { RecoveryError } from '../../model/errors/recovery-error.js';
import type { LongWork } from '../../model/strategy/strategy.js';
import { checkPlanIsCurrent } from '../executor/check-plan-is-current.js';
import { withInputsOfPlan } from '../executor/inputs-of-plan.js';
import { checkFiles, readTask } from '../fleet/check-task.js';
import type { FoundTask } from '../fleet/judge-tasks.js';
import { readFleet, taskFolder, type FleetFiles } from '../fleet/fleet-folder.js';
import type { FleetPlan } from '../fleet/fleet-plan.js';
import { readRereadBooks } from '../fleet/reread-books.js';
import { spoolEvents } from '../fleet/spool-events.js';
import { openTaskStore } from '../fleet/open-store-of-run.js';
import type { TaskManifest } from '../fleet/task-manifest.js';
import { summariseRun } from '../report/summarise-run.js';
import { checkStoredRows } from './check-stored-rows.js';
import { approachOf, deriveRun } from './derive-run.js';
import type { PartDerivation } from './join-derivations.js';
import { shareForVerification } from './share-for-verification.js';
import {
  askedOf,
  keepVerification,
  readCoverage,
  type DerivedLanes,
  type TaskVerification,
} from './task-verification.js';
import { totalsAtEnd } from './totals-at-end.js';

export interface VerifyTaskRequest {
  readonly files: FleetFiles;
  readonly task: number;
  /** An open file with the events of a task of keys, read again and in the canonical order. */
  readonly input?: number;
}

/**
 * Verifies one task of a fleet: reads its files and every row of its store against their hashes, and derives its keys, or lanes of
 * several tasks, again by the plain implementation. Leaves what it came to in the folder of the fleet, where verifying the run finds it.
 * @throws RecoveryError `tasks-missing` where the task is not done, or one of those, `invalid-task`, `invalid-task-input`; `not-spreadable` for a
 *   fleet by key whose baseline can be derived from the beginning of the log, which one machine does
 */
export async function verifyTask(
  situation: RecoveryInputs,
  { files, task, input }: VerifyTaskRequest,
  work: LongWork = {},
): Promise<TaskVerification> {
  const { plan, fleet } = readFleet(files);
  const lanes = fleet.tasks[task]?.lanes;
  if (lanes === undefined) {
    throw new RecoveryError('invalid-argument', `there is no task ${task}: the fleet has ${fleet.tasks.length}`, {
      hint: 'eventmend fleet plan says which there are',
    });
  }
  const folder = taskFolder(files, task);
  const found = requireTask(files, fleet, task);
  checkFiles(found, work.signal);
  const together = shareForVerification(fleet)?.[task] ?? [lanes ?? [0]];
  const drawnOn = fleet.tasks
    .filter(({ number, lanes: of }) => number === task || together.flat().some((lane) => of?.includes(lane)))
    .map(({ number }) => requireTask(files, fleet, number));
  return withInputsOfPlan(situation, plan, async (prepared) => {
    await checkPlanIsCurrent(plan, prepared);
    const spec = specOfPlan(
      plan,
      prepared.survey.logs.map(({ description }) => description),
    );
    const covered = readCoverage(files);
    const totals = totalsAtEnd(prepared, plan);
    const isByKey = lanes === null;
    if (isByKey && approachOf(prepared, plan) !== null) {
      throw new RecoveryError(
        'not-spreadable',
        'the baseline of a fleet by key is derived again by one machine alone',
        {
          hint: 'eventmend fleet collect FOLDER, and eventmend verify RUN',
        },
      );
    }
    const scratch = isByKey ? mkdtempSync(join(tmpdir(), 'eventmend-verify-')) : null;
    const store = openTaskStore(folder);
    try {
      const rows = checkStoredRows(spec, store, summariseRun(spec, store));
      const forced = drawnOn.flatMap(forcedQuarantines);
      const part = scratch === null ? {} : { orderedEvents: spool(scratch, input, givenAgain(files, fleet, task)) };
      const derived: DerivedLanes[] = [];
      for (const some of together) {
        // Each in a thread of its own, so that the worker begins it with an empty memory.
        const request = { plan, spec, forced, covered, totals, lanes: some, ...part };
        derived.push({ lanes: some, derivation: (await deriveRun(prepared, request, work)) as PartDerivation });
      }
      const manifests = drawnOn.map(({ manifest }) => manifest);
      return keepVerification(files, {
        format_version: 3,
        fleet: fleet.id,
        task,
        verifiedResult: found.manifest.result,
        asked: askedOf(prepared, plan, covered),
        rows,
        agrees: derived.every((one) => agreesWith(manifests, one)),
        derived,
      });
    } finally {
      store.close();
      if (scratch !== null) rmSync(scratch, { recursive: true, force: true });
    }
  });
}

function spool(folder: string, input: number | undefined, given: readonly number[]): string {
  if (input === undefined) {
    throw new RecoveryError('invalid-task-input', 'the task is one of keys, and nobody gave it its events', {
      hint: 'give them on standard input: eventmend fleet verify FOLDER -',
    });
  }
  const file = join(folder, 'events.ndjson');
  spoolEvents(input, file, given);
  return file;
}

/** How many events of each partition of the plan those who read again gave to a task. */
function givenAgain(files: FleetFiles, fleet: FleetPlan, task: number): readonly number[] {
  return readRereadBooks(files, fleet).map(({ given }) => given[task] ?? 0);
}

function agreesWith(manifests: readonly TaskManifest[], { lanes, derivation }: DerivedLanes): boolean {
  const { begin, end, chains } = derivation.part;
  const done = new Map(manifests.flatMap((manifest) => manifest.lanes.map((lane) => [lane.lane, lane] as const)));
  const digest = StateDigest.fromHex(begin.digest);
  const haveSameOutputs = lanes.every((number, at) => {
    const lane = done.get(number);
    if (lane !== undefined) digest.add(lane.stateDelta);
    return lane?.outputsDigest === chains[at];
  });
  return haveSameOutputs && digest.toHex() === end.digest;
}

/** @throws RecoveryError `tasks-missing`, `invalid-task` */
function requireTask(files: FleetFiles, fleet: FleetPlan, task: number): FoundTask {
  const folder = taskFolder(files, task);
  if (!existsSync(join(folder, 'manifest.json'))) {
    throw new RecoveryError('tasks-missing', `task ${task} is not done yet`, {
      hint: `run it: eventmend fleet task FOLDER ${task}`,
    });
  }
  const found = readTask(folder);
  if (found.manifest.fleet === fleet.id) return found;
  throw new RecoveryError('invalid-task', `${folder} was left by another fleet`, { hint: 'take that folder away' });
}

/** Events that a task parked because the worker did not come back from them. */
function forcedQuarantines({ folder }: FoundTask): readonly ForcedQuarantine[] {
  const store = openTaskStore(folder);
  try {
    return store.forcedQuarantines();
  } finally {
    store.close();
  }
}
