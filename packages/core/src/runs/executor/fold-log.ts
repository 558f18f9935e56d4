import type { EventLog } from '../../model/log/event-log.js';
import type { Worker } from '../../worker/worker.js';
import type { FoldedLog } from './folded-log.js';

/**
 * Runs a worker over a whole log in memory, from its beginning, in the canonical order: for tests of a worker, and to
 * see what it does. Nothing is proven and nothing is kept; a recovery goes through a strategy.
 * @throws RecoveryError `log-gap` where the log lacks events between its first and its last, and whatever the worker
 *   throws
 */
export async function foldLog(worker: Worker, log: EventLog): Promise<FoldedLog> {
  // Each worker module imports the root of this package, for `defineWorker`, and few fold a log: the engine is loaded on use.
  const { foldWholeLog } = await import('./fold-whole-log.js');
  return foldWholeLog(worker, log);
}
