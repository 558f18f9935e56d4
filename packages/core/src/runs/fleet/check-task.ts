import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RecoveryError } from '../../model/errors/recovery-error.js';
import type { FoundTask } from './judge-tasks.js';
import { openTaskStore } from './open-store-of-run.js';
import { hashFileOnDisk } from './publish-store.js';
import { hashResult, parseManifest, resultOfLanes } from './task-manifest.js';

/** The manifest in the folder of a task. @throws RecoveryError `invalid-task` for what is none */
export function readTask(folder: string): FoundTask {
  const manifest = join(folder, 'manifest.json');
  return { folder, manifest: parseManifest(readFileSync(manifest, 'utf8'), manifest) };
}

/** @throws RecoveryError `invalid-task` where a file is not the one that the task wrote */
export function checkFiles({ folder, manifest }: FoundTask, signal?: AbortSignal): void {
  for (const { name, bytes, sha256 } of manifest.files) {
    if (signal?.aborted === true) throw new RecoveryError('interrupted', 'stopped before anything was collected');
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

/** What the store says of itself must be what the manifest says of it. @throws RecoveryError `invalid-task` */
export function checkResult({ folder, manifest: { task, lanes, result, baseline } }: FoundTask): void {
  const store = openTaskStore(folder);
  try {
    const numbers = lanes.map(({ lane }) => lane);
    if (hashResult(resultOfLanes(store, numbers)) === result && store.baseline()?.digest === baseline.digest) return;
  } finally {
    store.close();
  }
  throw damaged(`the store of task ${task} holds another result than its manifest says`, task);
}

function damaged(what: string, task: number, cause?: unknown): RecoveryError {
  return new RecoveryError('invalid-task', what, {
    hint: `remove the folder of task ${task} and run it again: eventmend fleet task FOLDER ${task}`,
    details: { task },
    ...(cause !== undefined && { cause }),
  });
}
