import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { RunStore } from '../../engine/store/run-store.js';
import { RecoveryError } from '../../model/errors/recovery-error.js';
import type { RunFiles } from '../sqlite/run-folder.js';
import { openSqliteRunStore } from '../sqlite/sqlite-run-store.js';
import { readCollectedTasks, type CollectedTasks } from './collected-tasks.js';
import { joinLanes } from './joined-run-store.js';

/**
 * Opens what a run came to, for reading: its own database, or the stores of its tasks where they lie.
 * @throws RecoveryError `run-not-found` where there is neither, `file-unavailable` where a task's folder is gone
 */
export function openStoreOfRun(files: RunFiles): RunStore {
  const collected = readCollectedTasks(files.tasks);
  return collected === null ? openSqliteRunStore(files.database, { create: false }) : openTasks(collected);
}

export function openTasks({ tasks }: Pick<CollectedTasks, 'tasks'>): RunStore {
  const opened: RunStore[] = [];
  try {
    return joinLanes(
      tasks.map(({ task, folder, lanes }) => {
        const store = openTaskStore(folder);
        opened.push(store);
        return { task, lanes, store };
      }),
    );
  } catch (error) {
    for (const store of opened) store.close();
    throw error;
  }
}

function openTaskStore(folder: string): RunStore {
  const file = join(folder, 'run.db');
  if (existsSync(file)) return openSqliteRunStore(file, { create: false, readOnly: true });
  throw new RecoveryError('file-unavailable', `${file} cannot be read: the run has its states and outputs there`, {
    hint: 'bring the folder of the fleet back, or remove the run and recover again from its plan',
  });
}
