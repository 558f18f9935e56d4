import { openSqliteRunStore } from '../sqlite/sqlite-run-store.js';
import type { Job } from '../../engine/threads/job-thread.js';
import type { LanesRequest } from '../../engine/replay/execute-replay.js';
import { runLanes, type LanesOutcome } from '../../engine/replay/run-lanes.js';

/** Runs some lanes of a run, with a connection of its own to the store. */
const runLanesJob: Job<LanesRequest, object, LanesOutcome> = async (request, inputs, _, control) => {
  const store = openSqliteRunStore(request.storeFile, { create: false });
  try {
    return await runLanes({ ...request, ...inputs, store, control }, request.lanes);
  } finally {
    store.close();
  }
};

export default runLanesJob;
