import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { RunStore } from '../../engine/store/run-store.js';
import { RecoveryError } from '../../model/errors/recovery-error.js';
import type { RunFiles } from '../sqlite/run-folder.js';
import { openSqliteRunStore } from '../sqlite/sqlite-run-store.js';
import { readCollectedTasks, type CollectedTasks } from './collected-tasks.js';
import { comparePartitions } from '../../model/log/partition-id.js';
import { fleetFiles, readFleet } from './fleet-folder.js';
import { joinKeys } from './join-keys.js';
import { joinLanes, type TaskStore } from './joined-run-store.js';
import { assignmentOf } from './assignment-of.js';
import { readBooks } from './reader-books.js';

/**
 * Opens what a run came to, for reading: its own database, or the stores of its tasks where they lie.
 * @throws RecoveryError `run-not-found` where there is neither, `file-unavailable` where a task's folder is gone
 */
export function openStoreOfRun(files: RunFiles): RunStore {
  const collected = readCollectedTasks(files.tasks);
  return collected === null ? openSqliteRunStore(files.database, { create: false }) : openTasks(collected);
}

export function openTasks({ tasks, spread, folder }: CollectedTasks): RunStore {
  const opened: TaskStore[] = [];
  try {
    for (const { task, folder, lanes } of tasks) opened.push({ task, lanes, store: openTaskStore(folder) });
    if (spread === 'partitions') return joinLanes(opened);
    const files = fleetFiles(folder);
    const { fleet } = readFleet(files);
    const partitions = readBooks(files, fleet).flatMap((books) => books.partitions);
    return joinKeys(opened, [...partitions].sort(comparePartitions), assignmentOf(files, fleet));
  } catch (error) {
    for (const { store } of opened) store.close();
    throw error;
  }
}

export function openTaskStore(folder: string): RunStore {
  const file = join(folder, 'run.db');
  if (existsSync(file)) return openSqliteRunStore(file, { create: false, readOnly: true });
  throw new RecoveryError('file-unavailable', `${file} cannot be read: the run has its states and outputs there`, {
    hint: 'bring the folder of the fleet back, or remove the run and recover again from its plan',
  });
}
