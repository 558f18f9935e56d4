import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { hostname, tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { specOfPlan } from '../../engine/spec/spec-of-plan.js';
import type { LaneNumber } from '../../engine/store/run-store.js';
import { isRecoveryError, RecoveryError } from '../../model/errors/recovery-error.js';
import { asDiskRefusal } from '../../model/files/disk-refusal.js';
import { writeFileDurably } from '../../model/files/write-file-durably.js';
import type { RecoveryInputs } from '../../evidence/inputs/recovery-inputs.js';
import type { LongWork } from '../../model/strategy/strategy.js';
import { baselineOfPlan } from '../executor/baseline-of-plan.js';
import { checkPlanIsCurrent } from '../executor/check-plan-is-current.js';
import { withInputsOfPlan } from '../executor/inputs-of-plan.js';
import { replayIntoStore } from '../executor/replay-into-store.js';
import { lockRun, type RunLock } from '../sqlite/run-lock.js';
import { openSqliteRunStore } from '../sqlite/sqlite-run-store.js';
import type { FleetFiles } from './fleet-folder.js';
import { readFleet, taskFolder } from './fleet-folder.js';
import type { FleetPlan, FleetTask } from './fleet-plan.js';
import { givenTo } from './reader-books.js';
import { spoolEvents } from './spool-events.js';
import { publishStore } from './publish-store.js';
import { hashResult, parseManifest, resultOfLanes, type TaskManifest } from './task-manifest.js';

export interface TaskRequest {
  readonly files: FleetFiles;
  readonly task: number;
  /** A folder of this machine for what is not done yet; one of the system's where absent. */
  readonly scratch?: string;
  /** An open file with the events of a task of keys, in the canonical order; not read where the task has partitions. */
  readonly input?: number;
}

export interface TaskOutcome {
  readonly manifest: TaskManifest;
  /** `done` now, or found done: by an earlier attempt, or by one that ran at the same time and came to the same. */
  readonly as: 'done' | 'found';
}

/**
 * Does one task of a fleet. It works in a folder of its own machine, goes on there with what a killed attempt committed,
 * and moves its result into the folder of the fleet as a whole; so it may run twice, also at the same time.
 * @throws RecoveryError `invalid-argument` for a task that is none of the fleet, `task-not-reproduced` where another
 *   attempt came to something else; the errors of a recovery
 */
export async function runTask(
  situation: RecoveryInputs,
  request: TaskRequest,
  work: LongWork = {},
): Promise<TaskOutcome> {
  const { plan, fleet } = readFleet(request.files);
  const task = taskOf(fleet, request.task);
  const folder = taskFolder(request.files, task.number);
  const earlier = manifestIn(folder, fleet);
  if (earlier !== null) return { manifest: earlier, as: 'found' };
  const lanes = task.lanes ?? onlyLane;
  return withInputsOfPlan(situation, plan, async (prepared) => {
    await checkPlanIsCurrent(plan, prepared);
    const { facts, survey } = prepared;
    const spec = specOfPlan(
      plan,
      survey.logs.map(({ description }) => description),
    );
    const attempt = takeAttempt(request.scratch ?? defaultScratch(), fleet, task);
    try {
      const started = performance.now();
      const storeFile = join(attempt.folder, 'run.db');
      const store = openSqliteRunStore(storeFile, { create: true });
      let lanesDone: TaskManifest['lanes'];
      let baseline: TaskManifest['baseline'];
      try {
        baseline =
          store.baseline() ??
          (await store.writeBaseline(baselineOfPlan(plan, prepared.situation.snapshots, facts.worker)));
        const given = task.lanes === null ? { orderedEvents: spool(request, fleet, task, attempt.folder) } : {};
        const outcome = await replayIntoStore(prepared, { spec, store, storeFile, lanes, ...given }, work);
        if (outcome === 'interrupted') throw interrupted(task);
        lanesDone = resultOfLanes(store, lanes);
      } finally {
        store.close();
      }
      const applied = lanesDone.flatMap(({ partitions }) => partitions).reduce((sum, part) => sum + part.applied, 0);
      const manifest = publish(request.files, folder, storeFile, {
        format_version: 1,
        fleet: fleet.id,
        plan: plan.id,
        worker: facts.hash,
        task: task.number,
        lanes: lanesDone,
        result: hashResult(lanesDone),
        baseline,
        measured: {
          events: applied,
          ms: Math.round(performance.now() - started),
          memoryBytes: process.resourceUsage().maxRSS * 1024,
        },
      });
      attempt.discard();
      return manifest;
    } finally {
      attempt.release();
    }
  });
}

/** A task of keys has the one lane of a worker that is not partition-local. */
const onlyLane: readonly LaneNumber[] = [0];

function spool({ input, files }: TaskRequest, fleet: FleetPlan, { number }: FleetTask, folder: string): string {
  if (input === undefined) {
    throw new RecoveryError('invalid-task-input', `task ${number} is one of keys, and nobody gave it its events`, {
      hint: 'give them on standard input: eventmend fleet task FOLDER -',
    });
  }
  const file = join(folder, 'events.ndjson');
  spoolEvents(input, file, givenTo(files, fleet, number));
  return file;
}

function taskOf(fleet: FleetPlan, number: number): FleetTask {
  const task = fleet.tasks[number];
  if (task !== undefined) return task;
  throw new RecoveryError(
    'invalid-argument',
    `there is no task ${number}: the fleet has ${fleet.tasks.length}, from 0 on`,
    {
      hint: 'eventmend fleet plan says which there are',
    },
  );
}

/** Null where the task is not done. @throws RecoveryError `invalid-task` for what another fleet left there */
function manifestIn(folder: string, fleet: FleetPlan): TaskManifest | null {
  const file = join(folder, 'manifest.json');
  if (!existsSync(file)) return null;
  const manifest = parseManifest(readFileSync(file, 'utf8'), file);
  if (manifest.fleet === fleet.id) return manifest;
  throw new RecoveryError('invalid-task', `${folder} was left by another fleet`, {
    hint: 'remove it, or plan the fleet into a new folder',
  });
}

/** Moves the result into the folder of the fleet: all of it at once, or, where it stands there already, nothing. */
function publish(
  files: FleetFiles,
  folder: string,
  storeFile: string,
  unfinished: Omit<TaskManifest, 'files'>,
): TaskOutcome {
  const draft = join(files.tasks, `.task-${unfinished.task}.${hostname()}.${process.pid}`);
  try {
    rmSync(draft, { recursive: true, force: true });
    mkdirSync(draft, { recursive: true });
    const manifest: TaskManifest = { ...unfinished, files: publishStore(storeFile, draft) };
    writeFileDurably(join(draft, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
    try {
      renameSync(draft, folder);
      return { manifest, as: 'done' };
    } catch (error) {
      // A folder that is there is never replaced: rename refuses one that holds something.
      const other = existsSync(folder)
        ? parseManifest(readFileSync(join(folder, 'manifest.json'), 'utf8'), folder)
        : null;
      if (other === null) throw error;
      if (other.fleet === manifest.fleet && other.result === manifest.result) return { manifest: other, as: 'found' };
      throw new RecoveryError(
        'task-not-reproduced',
        `task ${manifest.task} came to another result than an attempt that ended before it`,
        { hint: 'the worker or the log does not give the same twice: eventmend worker check' },
      );
    }
  } catch (error) {
    throw asDiskRefusal(error, files.tasks);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

interface Attempt {
  readonly folder: string;
  discard(): void;
  release(): void;
}

/** The first attempt at a task that no process works on: that of a killed process is gone on with. */
function takeAttempt(scratch: string, fleet: FleetPlan, { number }: FleetTask): Attempt {
  for (let attempt = 0; ; attempt++) {
    const folder = join(scratch, fleet.id.slice(0, 16), `task-${number}.${attempt}`);
    mkdirSync(dirname(folder), { recursive: true, mode: 0o700 });
    let lock: RunLock;
    try {
      lock = lockRun(`${folder}.lock`, `task ${number}`);
    } catch (error) {
      if (isRecoveryError(error) && error.code === 'locked-by-another-process') continue;
      throw error;
    }
    mkdirSync(folder, { recursive: true });
    return {
      folder,
      discard: () => {
        rmSync(folder, { recursive: true, force: true });
      },
      release: () => {
        lock.release();
      },
    };
  }
}

/** Of one user: what stands there is gone on with. */
function defaultScratch(): string {
  return join(tmpdir(), `eventmend-fleet-${userInfo().uid}`);
}

function interrupted({ number }: FleetTask): RecoveryError {
  return new RecoveryError('interrupted', `task ${number} was stopped cleanly`, {
    hint: 'run it again: on this machine it goes on where it was',
  });
}
