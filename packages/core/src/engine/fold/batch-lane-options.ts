import type { BatchWorker } from '../../worker/process/batch-worker.js';
import type { BookedStanding } from './batch-books.js';
import type { LaneOptions } from './lane.js';

/** What a lane needs whose worker is asked in batches. */
export interface BatchLaneOptions extends LaneOptions {
  readonly worker: BatchWorker;
  /** One a cursor of the path; the ledger commits them. */
  readonly standings: readonly BookedStanding[];
  /** A process that keeps states keeps no more than the cache does. */
  readonly cachedStates: number;
}
