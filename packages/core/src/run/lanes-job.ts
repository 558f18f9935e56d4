import { openSqliteRunStore } from '../sqlite/sqlite-run-store.js';
import type { LanesJobData } from './execute-replay.js';
import { openReplayInputs } from './replay-inputs.js';
import type { RunControl } from './run-control.js';
import { runLanes, type LanesOutcome } from './run-lanes.js';

/** Runs some lanes of a run in this thread, with connections of its own to log and store. */
export default async function runLanesJob(data: LanesJobData, control: RunControl): Promise<LanesOutcome> {
  const inputs = await openReplayInputs(data.locators);
  const store = openSqliteRunStore(data.storeFile, { create: false });
  try {
    const { logs, instance, recorded } = inputs;
    const { spec, tuning } = data;
    return await runLanes({ spec, logs, recorded, instance, store, tuning, control }, data.lanes);
  } finally {
    store.close();
    await inputs.close();
  }
}
